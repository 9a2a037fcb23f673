"""Passwords: pinned parameters, and no shortcut for an account that does not exist."""

import asyncio
import time
from typing import Literal

from lmhg_kit.http.passwords import AT_ONCE, PasswordCheck, hash_password, is_outdated

WEAKER = (
    "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA"
    "$3mYJmXg3T5m1hXkqL0mG6Q3n3m8rN0o0m0m0m0m0m0k"
)


def test_hash_states_its_parameters() -> None:
    """OWASP's Argon2id parameters, a salt of its own each time, and weaker ones are outdated."""
    one, other = hash_password("practice makes calm"), hash_password("practice makes calm")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert not is_outdated(one)
    assert is_outdated(WEAKER)


async def test_unknown_account_costs_a_hash_too() -> None:
    """Even the text behind the stand-in hash opens nothing, and the time is spent."""
    check = PasswordCheck()
    stored = hash_password("practice makes calm")
    spent: dict[str, float] = {}
    for name, candidate in (("known", stored), ("unknown", None)):
        started = time.perf_counter()
        assert not await check.matches(candidate, "no account has this password")
        spent[name] = time.perf_counter() - started
    assert spent["unknown"] > spent["known"] / 5


async def test_few_are_computed_at_once() -> None:
    """A burst waits its turn instead of filling the memory."""
    running = most = 0

    class Slots(asyncio.Semaphore):
        """Counts how many are inside."""

        async def acquire(self) -> Literal[True]:
            """Enter."""
            nonlocal running, most
            entered = await super().acquire()
            running += 1
            most = max(most, running)
            return entered

        def release(self) -> None:
            """Leave."""
            nonlocal running
            running -= 1
            super().release()

    check = PasswordCheck(Slots(AT_ONCE))
    await asyncio.gather(*(check.matches(None, "x") for _ in range(6)))
    assert most == AT_ONCE


async def test_broken_stored_hash_opens_nothing() -> None:
    """A truncated or foreign hash is wrong, not a crash."""
    assert not await PasswordCheck().matches("$argon2id$broken", "x")
