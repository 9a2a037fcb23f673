"""Passwords: Argon2id at OWASP's parameters, few at a time, the same work for every answer."""

import asyncio

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
AT_ONCE = 2
"""Hashes computed at the same time: each takes 19 MiB, so the number bounds the memory."""
MAX_LENGTH = 256

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
_NOBODY = _hasher.hash("no account has this password")


def hash_password(password: str) -> str:
    """The PHC string of a password."""
    return _hasher.hash(password)


def is_outdated(stored: str) -> bool:
    """Whether a stored hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


class PasswordCheck:
    """Verifies and makes hashes without blocking the process or filling its memory."""

    def __init__(self, slots: asyncio.Semaphore | None = None) -> None:
        self._slots = slots or asyncio.Semaphore(AT_ONCE)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; an unknown account costs the same work."""
        async with self._slots:
            right = await asyncio.to_thread(verify_hash, stored or _NOBODY, password[:MAX_LENGTH])
        return right and stored is not None

    async def hash(self, password: str) -> str:
        """The PHC string of a password."""
        async with self._slots:
            return await asyncio.to_thread(hash_password, password)


def verify_hash(stored: str, password: str) -> bool:
    """Whether a password is the one behind a PHC string; False for what is no such string."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
