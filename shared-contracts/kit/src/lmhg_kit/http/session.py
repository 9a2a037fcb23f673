"""Our own sessions: random id, stored hashed, rotated at sign-in, never chosen by the client."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from lmhg_kit.clock import Clock, utc_now

TOKEN_BYTES = 32
TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is written at most this often."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person on one device, as the store keeps it."""

    token_hash: bytes
    account_id: str
    display_name: str
    roles: frozenset[str]
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class SessionRepository(Protocol):
    """Where sessions are kept; each plane has its own."""

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        ...

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if its account may still sign in."""
        ...

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        ...

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        ...


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lives: without use, and at all."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


def new_token() -> str:
    """A fresh secret of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """What the database holds instead of the secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Sessions:
    """Begin, resume and end sessions of one application."""

    def __init__(
        self, store: SessionRepository, *, limits: SessionLimits, clock: Clock = utc_now
    ) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock

    async def begin(
        self, account_id: str, *, display_name: str, roles: frozenset[str], replaces: str | None
    ) -> str:
        """A new session's secret; the one it replaces is gone.

        Only a secret made here is ever accepted, so a planted one cannot be fixed on a person.
        """
        if replaces:
            await self._store.delete_session(hash_token(replaces))
        token, at = new_token(), self._clock()
        session = Session(
            token_hash=hash_token(token),
            account_id=account_id,
            display_name=display_name,
            roles=roles,
            created_at=at,
            last_seen_at=at,
            expires_at=at + self._limits.absolute,
        )
        await self._store.insert_session(session)
        return token

    async def resume(self, token: str) -> Session | None:
        """The live session of this secret; a stale one is ended on the way."""
        session = await self._store.find_session(hash_token(token))
        if session is None:
            return None
        at = self._clock()
        if at >= session.expires_at or at - session.last_seen_at >= self._limits.idle:
            await self._store.delete_session(session.token_hash)
            return None
        if at - session.last_seen_at >= TOUCH_EVERY:
            await self._store.touch_session(session.token_hash, at=at)
        return session

    async def end(self, token: str) -> None:
        """End the session of this secret, if there is one."""
        await self._store.delete_session(hash_token(token))
