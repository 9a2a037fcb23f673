"""Browsers that people have used: who was here today, and whose second step is remembered until tonight.

Many people work at one computer of the office. Its cookie names the browser, not a person: the person's
password is asked each time, and the second step again as soon as the hours are over, they sign out, their
password changes, or one of their devices is taken out (triggers in wall.sql see to the last two).
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from lmhg_gateway.features.accounts.models import KnownBrowser, UserAccount
from lmhg_kit.http.session import hash_token
from lmhg_kit.persistence import Database, WriteSession

SHOWN_FOR = timedelta(hours=12)
"""So long after their last sign-in a person is offered by name in that browser."""
SHOWN_MAX = 8


class UsedHere(NamedTuple):
    """Someone who signed in completely in this browser today."""

    id: uuid.UUID
    email: str
    display_name: str


class Step(NamedTuple):
    """A second step that was proved in this browser: when, and how."""

    at: datetime
    method: str


class Browsers:
    """What a browser is known for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def people(self, browser: str, *, at: datetime) -> list[UsedHere]:
        """Who signed in here within the last 12 hours, the newest first; eight at most."""
        account, known = UserAccount, KnownBrowser
        query = (
            select(account.id, account.email, account.display_name)
            .join_from(known, account, account.id == known.user_id)
            .where(
                known.browser_hash == hash_token(browser),
                known.seen_at > at - SHOWN_FOR,
                account.active,
            )
            .order_by(known.seen_at.desc(), account.id)
            .limit(SHOWN_MAX)
        )
        async with self._db.engine.connect() as connection:
            return [UsedHere(*row) for row in (await connection.execute(query)).all()]

    async def forget_all(self, browser: str) -> None:
        """Forget what is remembered of anyone here."""
        change = update(KnownBrowser).where(KnownBrowser.browser_hash == hash_token(browser))
        async with self._db.engine.begin() as connection:
            await connection.execute(change.values(step_at=None))

    async def forget_step(self, browser: str, email: str) -> None:
        """Forget what is remembered of the person of this address here: someone guesses."""
        owner = select(UserAccount.id).where(UserAccount.email == email).scalar_subquery()
        change = update(KnownBrowser).where(
            KnownBrowser.browser_hash == hash_token(browser), KnownBrowser.user_id == owner
        )
        async with self._db.engine.begin() as connection:
            await connection.execute(change.values(step_at=None))

    async def step_of(
        self, browser: str, user_id: uuid.UUID, *, since: datetime, at: datetime
    ) -> Step | None:
        """The second step that this person proved here and wants remembered, if it is that young."""
        known = KnownBrowser
        query = select(known.step_at, known.step_method).where(
            _here(browser, user_id), known.step_at > since, known.step_at <= at
        )
        async with self._db.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Step(*row) if row and row.step_at and row.step_method else None

    async def keep_step(self, browser: str, user_id: uuid.UUID, step: Step | None) -> None:
        """Remember the second step here, or forget it."""
        kept = {"step_at": step and step.at, "step_method": step and step.method}
        change = update(KnownBrowser).where(_here(browser, user_id)).values(kept)
        async with self._db.engine.begin() as connection:
            await connection.execute(change)


async def forget_steps(tx: WriteSession, user_id: uuid.UUID) -> None:
    """No browser remembers this person's second step: it is asked for at the next sign-in."""
    await tx.execute(
        update(KnownBrowser).where(KnownBrowser.user_id == user_id).values(step_at=None)
    )


def _here(browser: str, user_id: uuid.UUID) -> Any:  # noqa: ANN401 - an SQL expression
    known = KnownBrowser
    return (known.browser_hash == hash_token(browser)) & (known.user_id == user_id)
