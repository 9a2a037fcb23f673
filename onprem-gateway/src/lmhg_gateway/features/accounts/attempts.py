"""Counting failed attempts: of strangers by account and network, of known browsers and sessions apart.

Device cookies as OWASP describes them. A browser in which a person has signed in before is counted
by itself, and so is a live session, so a stranger who guesses slows down strangers alone. The cookie
opens nothing, is bound to its person, and changes at each sign-in.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_gateway.features.accounts.models import KnownBrowser, SignInFailures, UserAccount
from lmhg_kit.http.session import hash_token, new_token
from lmhg_kit.persistence import Database, WriteSession

ACCOUNT_FREE = 4
FACTOR_FREE = 5
RESET_FREE = 3
OWN_FREE = 5
ADDRESS_FREE = 30
JUDGED_FREE = 20
"""Attempts before the delay begins to grow; it then doubles from one second."""
DELAY_MAX_S = 900
FORGET_AFTER = timedelta(days=1)
BROWSER_LIFE = timedelta(days=180)
"""How long a browser is known after the last complete sign-in in it."""
BROWSERS_MAX = 20
"""Browsers of one person that are known; the one seen longest ago goes first."""
PRUNE_MAX = 1000
V6_SITE = 64
"""An IPv6 network of this many bits is one place: its addresses are free to anyone who lives there."""


@dataclass(frozen=True)
class Subject:
    """Whose attempts are counted, by digest."""

    digest: bytes
    free: int
    """Attempts before the delay begins to grow."""


class Attempt(NamedTuple):
    """One attempt that was let in. It counts until it turns out right."""

    counted: Subject
    address: Subject | None
    """Where a stranger comes from; failures count there as well."""


def account_subject(email: str) -> Subject:
    """Strangers who try to open an account, whether it exists or not."""
    return Subject(_digest("account", email), ACCOUNT_FREE)


def factor_subject(user_id: uuid.UUID) -> Subject:
    """Strangers who know a password and try the second factor."""
    return Subject(_digest("factor", str(user_id)), FACTOR_FREE)


def reset_subject(email: str) -> Subject:
    """Requests for a new password by mail."""
    return Subject(_digest("reset", email), RESET_FREE)


def address_subject(address: str) -> Subject:
    """Where strangers come from; a whole clinic may share one address."""
    return Subject(_digest("address", _network(address)), ADDRESS_FREE)


def reset_address_subject(address: str) -> Subject:
    """Requests for mail from one place, anyone who they are for."""
    return Subject(_digest("reset address", _network(address)), ADDRESS_FREE)


def browser_subject(counted_as: uuid.UUID, *, kind: str) -> Subject:
    """A browser that its person has used before, also after others used it and its cookie changed."""
    return Subject(_digest(f"browser {kind}", counted_as.hex), OWN_FREE)


def session_subject(session_id: str) -> Subject:
    """A live session whose person proves again who they are."""
    return Subject(_digest("session", session_id), OWN_FREE)


def judged_subject(name: str) -> Subject:
    """Passwords that are judged before they are chosen, for one session or one mailed link."""
    return Subject(_digest("judged", name), JUDGED_FREE)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, V6_SITE), strict=False))
    return address


def _digest(kind: str, name: str) -> bytes:
    return hashlib.sha256(f"{kind}:{name}".encode()).digest()


def _delay(count: Any, *, free: int) -> Any:  # noqa: ANN401 - SQL expressions
    """Doubling seconds past the free attempts, as SQL."""
    seconds = func.least(func.power(2, func.least(count - free, 10)), DELAY_MAX_S)
    return func.make_interval(0, 0, 0, 0, 0, 0, case((count < free, 0), else_=seconds))


class Attempts:
    """The counts, and the browsers that are known."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def admit(self, subject: Subject, *, at: datetime) -> datetime | None:
        """Count an attempt; the moment to wait for when it comes too early, else None.

        One statement, so that many attempts at the same instant are counted one after another.
        """
        attempt = self._count(subject, at=at).returning(SignInFailures.failures)
        async with self._db.engine.begin() as connection:
            if (await connection.execute(attempt)).scalar_one_or_none() is not None:
                return None
            return (await connection.execute(_waiting(subject))).scalar_one_or_none()

    async def waits(self, subject: Subject, *, at: datetime) -> datetime | None:
        """The moment to wait for, if there is one; nothing is counted."""
        async with self._db.engine.connect() as connection:
            until = (await connection.execute(_waiting(subject))).scalar_one_or_none()
        return until if until and until > at else None

    async def fail(self, attempt: Attempt, *, at: datetime) -> None:
        """An attempt was wrong: it counts for the place that it came from as well."""
        if attempt.address is not None:
            async with self._db.engine.begin() as connection:
                await connection.execute(self._count(attempt.address, at=at, always=True))

    async def right(self, attempt: Attempt, *, at: datetime) -> None:
        """An attempt was right: it counts no more."""
        table = SignInFailures
        fewer = {"failures": func.greatest(table.failures - 1, 0), "not_before": at}
        change = update(table).where(table.subject_hash == attempt.counted.digest).values(fewer)
        async with self._db.engine.begin() as connection:
            await connection.execute(change)

    async def forget(self, *subjects: Subject, address: Subject | None) -> None:
        """After a whole sign-in: these start afresh, and the place loses one count."""
        table = SignInFailures
        gone = delete(table).where(table.subject_hash.in_([each.digest for each in subjects]))
        fewer = {"failures": func.greatest(table.failures - 1, 0)}
        async with self._db.engine.begin() as connection:
            await connection.execute(gone)
            if address is not None:
                place = update(table).where(table.subject_hash == address.digest)
                await connection.execute(place.values(fewer))

    def _count(self, subject: Subject, *, at: datetime, always: bool = False) -> Any:  # noqa: ANN401 - SQL
        table = SignInFailures
        forgotten = table.not_before < at - FORGET_AFTER
        count = case((forgotten, 1), else_=table.failures + 1)
        first = {"subject_hash": subject.digest, "failures": 1, "not_before": at}
        later = {"failures": count, "not_before": at + _delay(count, free=subject.free)}
        return (
            upsert(table)
            .values(first)
            .on_conflict_do_update(
                index_elements=[table.subject_hash],
                set_=later,
                where=None if always else table.not_before <= at,
            )
        )

    async def known_as(self, browser: str, *, email: str, at: datetime) -> uuid.UUID | None:
        """What the person of this address is counted by in a browser that they used before; else None."""
        known = (
            select(KnownBrowser.counted_as)
            .join_from(KnownBrowser, UserAccount, UserAccount.id == KnownBrowser.user_id)
            .where(
                KnownBrowser.browser_hash == hash_token(browser),
                KnownBrowser.seen_at > at - BROWSER_LIFE,
                UserAccount.email == email,
            )
        )
        async with self._db.engine.connect() as connection:
            return (await connection.execute(known)).scalar_one_or_none()

    async def remember(self, user_id: uuid.UUID, *, replaces: str, at: datetime) -> str:
        """The new cookie of a browser in which this person has signed in completely.

        Anyone who else has used the browser stays known in it; a copy of the old cookie is worthless.
        """
        token, table = new_token(), KnownBrowser
        moved = update(table).where(table.browser_hash == hash_token(replaces))
        row = {"browser_hash": hash_token(token), "user_id": user_id, "seen_at": at}
        kept = (
            select(table.browser_hash)
            .where(table.user_id == user_id)
            .order_by(table.seen_at.desc())
            .limit(BROWSERS_MAX)
        )
        too_many = delete(table).where(table.user_id == user_id, table.browser_hash.not_in(kept))
        added = upsert(table).values(row)
        async with self._db.engine.begin() as connection:
            await connection.execute(moved.values(browser_hash=row["browser_hash"]))
            await connection.execute(
                added.on_conflict_do_update(
                    index_elements=[table.browser_hash, table.user_id], set_={"seen_at": at}
                )
            )
            await connection.execute(too_many)
        return token


async def forget_browsers(tx: WriteSession, user_id: uuid.UUID) -> None:
    """No browser is known to be this person's any more."""
    await tx.execute(delete(KnownBrowser).where(KnownBrowser.user_id == user_id))


async def prune(tx: WriteSession, *, at: datetime) -> int:
    """Forget counts and browsers that tell nothing any more; how many."""
    failures, browser = SignInFailures, KnownBrowser
    old = select(failures.subject_hash).where(failures.not_before < at - FORGET_AFTER)
    counts = delete(failures).where(failures.subject_hash.in_(old.limit(PRUNE_MAX)))
    browsers = delete(browser).where(browser.seen_at < at - BROWSER_LIFE)
    gone = 0
    for statement in (counts, browsers):
        gone += (await tx.execute(statement)).rowcount  # type: ignore[attr-defined]
    return gone


def _waiting(subject: Subject) -> Any:  # noqa: ANN401 - an SQL expression
    return select(SignInFailures.not_before).where(SignInFailures.subject_hash == subject.digest)
