"""All SQL of accounts: what sign-in needs of them, their history, and who left."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from lmhg_gateway.features.accounts.models import Activity, UserAccount
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession

LEAVERS_MAX = 50
ACTIVITY_SHOWN = 30


@dataclass(frozen=True)
class Account:
    """What sign-in needs of an account."""

    id: uuid.UUID
    email: str
    display_name: str
    roles: frozenset[str]
    password_hash: str | None
    active: bool
    enrolled: bool
    """Whether there is a second factor."""
    rule: datetime | None
    """From when one of the roles needs a second factor."""


async def set_password(tx: WriteSession, user_id: uuid.UUID, password_hash: str) -> None:
    """Keep a password that someone chose."""
    change = update(UserAccount).where(UserAccount.id == user_id)
    await tx.execute(change.values(password_hash=password_hash, password_changed_at=func.now()))


async def activity_of(tx: ReadSession, user_id: uuid.UUID) -> list[Activity]:
    """What happened at someone's sign-in, newest first."""
    query = select(Activity).where(Activity.user_id == user_id)
    rows = await tx.scalars(query.order_by(Activity.at.desc()).limit(ACTIVITY_SHOWN))
    return list(rows)


async def unforgotten(db: Database) -> list[uuid.UUID]:
    """Colleagues who left and whom another server of ours has not been told about."""
    account = UserAccount
    query = select(account.id).where(account.ended_at.is_not(None), account.forgotten_at.is_(None))
    async with db.engine.connect() as connection:
        return list((await connection.execute(query.limit(LEAVERS_MAX))).scalars())


async def mark_forgotten(db: Database, user_id: uuid.UUID) -> None:
    """The other server has forgotten this colleague."""
    change = update(UserAccount).where(UserAccount.id == user_id).values(forgotten_at=func.now())
    async with db.uow(Actor("process: leavers"), "account.forget") as tx:
        await tx.execute(change)
