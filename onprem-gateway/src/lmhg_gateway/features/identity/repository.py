"""All SQL of the handoff between the identity process and the workspace."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from lmhg_gateway.features.identity.models import (
    Handoff,
    SignInFailures,
    SignInSession,
    UserAccount,
)
from lmhg_kit.http.accounts import AccountStore, tables_of
from lmhg_kit.persistence import Database

KEEP_USED = timedelta(days=1)


def account_store(db: Database) -> AccountStore:
    """Accounts and sessions of this plane."""
    tables = tables_of(account=UserAccount, session=SignInSession, failures=SignInFailures)
    return AccountStore(db, tables)


async def put_handoff(db: Database, code_hash: bytes, *, user_id: str, ends_at: datetime) -> None:
    """Keep a fresh code, and forget those long used or over."""
    row = {"code_hash": code_hash, "user_id": uuid.UUID(user_id), "ends_at": ends_at}
    async with db.engine.begin() as connection:
        await connection.execute(delete(Handoff).where(Handoff.ends_at < ends_at - KEEP_USED))
        await connection.execute(insert(Handoff).values(row))


async def take_handoff(db: Database, code_hash: bytes, *, at: datetime) -> uuid.UUID | None:
    """Use up a code: the account it opens, once, in time."""
    used = (
        update(Handoff)
        .where(Handoff.code_hash == code_hash, Handoff.used_at.is_(None), Handoff.ends_at > at)
        .values(used_at=at)
        .returning(Handoff.user_id)
    )
    async with db.engine.begin() as connection:
        return (await connection.execute(used)).scalar_one_or_none()


async def person(db: Database, user_id: uuid.UUID) -> tuple[str, frozenset[str]] | None:
    """Name and roles of an active account."""
    query = select(UserAccount.display_name, UserAccount.roles).where(
        UserAccount.id == user_id, UserAccount.active
    )
    async with db.engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return (row.display_name, frozenset(row.roles)) if row else None
