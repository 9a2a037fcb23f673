"""All SQL of the handoff from the identity process to the workspace."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, literal, select, update

from lmhg_gateway.features.accounts.public import UserAccount
from lmhg_gateway.features.sessions.models import Handoff, SignInSession
from lmhg_kit.persistence import Database

KEEP_USED = timedelta(days=1)


@dataclass(frozen=True)
class Arrival:
    """Whom a handoff code brings: the account, and the session that they come from."""

    user_id: uuid.UUID
    display_name: str
    roles: frozenset[str]
    session_id: uuid.UUID
    ends_at: datetime
    authenticated_at: datetime
    methods: frozenset[str]


async def put_handoff(
    db: Database, code_hash: bytes, *, session_hash: bytes, ends_at: datetime
) -> None:
    """Keep a fresh code for a full session, and forget those long used or over."""
    origin = select(
        literal(code_hash), SignInSession.user_id, SignInSession.id, literal(ends_at)
    ).where(SignInSession.id_hash == session_hash, SignInSession.stage == "full")
    async with db.engine.begin() as connection:
        await connection.execute(delete(Handoff).where(Handoff.ends_at < ends_at - KEEP_USED))
        columns = ["code_hash", "user_id", "session_id", "ends_at"]
        await connection.execute(insert(Handoff).from_select(columns, origin))


async def take_handoff(db: Database, code_hash: bytes, *, at: datetime) -> Arrival | None:
    """Use up a code: the person it brings, once, in time, while their own session lives."""
    used = (
        update(Handoff)
        .where(Handoff.code_hash == code_hash, Handoff.used_at.is_(None), Handoff.ends_at > at)
        .values(used_at=at)
        .returning(Handoff.session_id)
    )
    session, account = SignInSession, UserAccount
    async with db.engine.begin() as connection:
        session_id = (await connection.execute(used)).scalar_one_or_none()
        query = (
            select(
                account.id,
                account.display_name,
                account.roles,
                session.ends_at,
                session.authenticated_at,
                session.methods,
            )
            .join_from(session, account, account.id == session.user_id)
            .where(session.id == session_id, account.active)
        )
        row = (await connection.execute(query)).one_or_none()
    if row is None or session_id is None:
        return None
    return Arrival(
        user_id=row.id,
        display_name=row.display_name,
        roles=frozenset(row.roles),
        session_id=session_id,
        ends_at=row.ends_at,
        authenticated_at=row.authenticated_at,
        methods=frozenset(row.methods),
    )
