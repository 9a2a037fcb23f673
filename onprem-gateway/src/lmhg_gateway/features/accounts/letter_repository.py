"""All SQL of letters: asked for by anybody, mailed by one loop, used once."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update

from lmhg_gateway.features.accounts.models import Letter, UserAccount
from lmhg_kit.backoff import Backoff
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Database, WriteSession

RETRY = Backoff(first_s=10, most_s=3600, attempts_max=12)
KEEP = timedelta(days=30)
ENDS_EARLIER = ("invite",)
"""Letters that end earlier ones of their kind: a colleague with the right to it asked for them."""


class Due(NamedTuple):
    """A letter to be sent now, and to whom; nobody for an unknown or closed account."""

    id: uuid.UUID
    user_id: uuid.UUID | None
    purpose: str
    email: str | None


class Opened(NamedTuple):
    """A letter whose link someone followed."""

    id: uuid.UUID
    user_id: uuid.UUID
    purpose: str


async def ask_by_email(db: Database, email: str, *, purpose: str) -> None:
    """Ask for a letter to this address: one statement, whether anybody has it or not."""
    person = select(UserAccount.id).where(UserAccount.email == email, UserAccount.active)
    row = {"id": new_id(), "user_id": person.scalar_subquery(), "purpose": purpose}
    async with db.engine.begin() as link:
        await link.execute(insert(Letter).values(row))


async def ask(tx: WriteSession, user_id: uuid.UUID, *, purpose: str) -> None:
    """Ask for a letter to this person, in the transaction that it tells of."""
    row = {"id": new_id(), "user_id": user_id, "purpose": purpose}
    await tx.execute(insert(Letter).values(row))


async def claim(
    db: Database, *, at: datetime, token_hash: bytes, lives: dict[str, timedelta]
) -> Due | None:
    """The next letter that is due, with the hash of the token it will carry; nobody else gets it.

    A letter that fails comes back later, under another token: the earlier one opens nothing.
    """
    waiting = (
        select(Letter.id, Letter.user_id, Letter.purpose, Letter.attempts)
        .where(Letter.sent_at.is_(None), Letter.next_at <= at, Letter.attempts < RETRY.attempts_max)
        .order_by(Letter.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    async with db.engine.begin() as link:
        await link.execute(delete(Letter).where(Letter.asked_at < at - KEEP))
        row = (await link.execute(waiting)).one_or_none()
        if row is None:
            return None
        life = lives.get(row.purpose)
        values = {
            "attempts": row.attempts + 1,
            "next_at": at + RETRY.wait(row.attempts + 1),
            "token_hash": token_hash if life and row.user_id else None,
            "ends_at": at + life if life else None,
        }
        await link.execute(update(Letter).where(Letter.id == row.id).values(values))
        person = select(UserAccount.email).where(UserAccount.id == row.user_id, UserAccount.active)
        email = (await link.execute(person)).scalar_one_or_none()
    return Due(row.id, row.user_id, row.purpose, email)


async def mark_sent(db: Database, due: Due, *, at: datetime) -> None:
    """The letter is on its way; an earlier invitation opens nothing any more.

    An earlier reset does, until it is used or over: anybody can ask for one, and nobody's asking may
    take away the link that its owner is about to follow.
    """
    earlier = update(Letter).where(
        Letter.user_id == due.user_id,
        Letter.purpose == due.purpose,
        Letter.purpose.in_(ENDS_EARLIER),
        Letter.id != due.id,
        Letter.token_hash.is_not(None),
        Letter.used_at.is_(None),
    )
    async with db.engine.begin() as link:
        await link.execute(update(Letter).where(Letter.id == due.id).values(sent_at=at))
        await link.execute(earlier.values(used_at=at))


async def find(
    db: Database, token_hash: bytes, *, purposes: Sequence[str], at: datetime
) -> Opened | None:
    """The letter with this token, while it opens anything."""
    query = (
        select(Letter.id, Letter.user_id, Letter.purpose)
        .join_from(Letter, UserAccount, UserAccount.id == Letter.user_id)
        .where(
            Letter.token_hash == token_hash,
            Letter.purpose.in_(list(purposes)),
            Letter.used_at.is_(None),
            Letter.ends_at > at,
            UserAccount.active,
        )
    )
    async with db.engine.connect() as link:
        row = (await link.execute(query)).one_or_none()
    return Opened(row.id, row.user_id, row.purpose) if row and row.user_id else None


async def use(tx: WriteSession, opened: Opened) -> bool:
    """Use a letter up: True once. Every other letter of the person that opens something is over."""
    mine = update(Letter).where(Letter.id == opened.id, Letter.used_at.is_(None))
    used = await tx.execute(mine.values(used_at=func.now()).returning(Letter.id))
    if used.scalar_one_or_none() is None:
        return False
    await void(tx, opened.user_id)
    return True


async def void(tx: WriteSession, user_id: uuid.UUID) -> None:
    """No letter of this person's opens anything any more."""
    rest = update(Letter).where(
        Letter.user_id == user_id, Letter.token_hash.is_not(None), Letter.used_at.is_(None)
    )
    await tx.execute(rest.values(used_at=func.now()))
