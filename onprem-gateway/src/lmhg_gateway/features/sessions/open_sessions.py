"""Use cases of sessions: see them, end them, and close an account with all of its own."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from lmhg_gateway.features.accounts.public import UserAccount, forget_steps
from lmhg_gateway.features.sessions.models import SignInSession
from lmhg_gateway.features.tokens.public import queue_logout, revoke_of_user
from lmhg_kit.persistence import ReadSession, WriteSession

SESSIONS_MAX = 100


@dataclass(frozen=True)
class OpenSession:
    """One session of someone's, as a list shows it."""

    id: uuid.UUID
    application: str
    parent: uuid.UUID | None
    started_at: datetime
    last_used_at: datetime
    ends_at: datetime
    device: str
    address: str
    methods: tuple[str, ...]


async def end_sessions(
    tx: WriteSession,
    *,
    user_id: uuid.UUID,
    session_id: uuid.UUID | None = None,
    keep: uuid.UUID | None = None,
    keep_children: bool = True,
    keep_step: bool = False,
) -> int:
    """End someone's sessions, or one with its children; how many. `keep` spares one tree.

    Without `keep_children` it spares that session alone. No browser remembers the person's second step
    afterwards, unless `keep_step`: a lock alone is no sign-out.

    They are over the moment the transaction commits, with every token that came of them; the
    relying parties hear of it from a loop of the identity process.
    """
    session = SignInSession
    query = select(session.id).where(session.user_id == user_id)
    if session_id is not None:
        query = query.where(or_(session.id == session_id, session.parent == session_id))
    if keep is not None:
        query = query.where(session.id != keep)
        if keep_children:
            query = query.where(session.parent.is_distinct_from(keep))
    ids = list((await tx.execute(query)).scalars())
    await queue_logout(tx, session_ids=ids)
    if not keep_step:
        await forget_steps(tx, user_id)
    if ids:
        await tx.execute(delete(session).where(session.id.in_(ids)))
    return len(ids)


async def sessions_of(tx: ReadSession, user_id: uuid.UUID) -> list[OpenSession]:
    """Someone's sessions, newest use first."""
    session = SignInSession
    query = (
        select(
            session.id,
            session.application,
            session.parent,
            session.started_at,
            session.last_used_at,
            session.ends_at,
            session.device,
            session.address,
            session.methods,
        )
        .where(session.user_id == user_id, session.ends_at > func.now())
        .order_by(session.last_used_at.desc())
        .limit(SESSIONS_MAX)
    )
    rows = (await tx.execute(query)).all()
    return [OpenSession(*row[:8], methods=tuple(row.methods)) for row in rows]


async def end_account(tx: WriteSession, *, user_id: uuid.UUID) -> int:
    """Close an account for good, with every session; how many sessions ended."""
    ended = await end_sessions(tx, user_id=user_id)
    await revoke_of_user(tx, user_id)
    change = update(UserAccount).where(UserAccount.id == user_id)
    await tx.execute(change.values(active=False, ended_at=func.now()))
    return ended
