"""All SQL of sign-in: sessions, sign-ins under way, logout tokens seen.

A session is someone's only together with an active profile: the replica of `staff_profile` is
asked at every request, so roles change and end when the practice says so, not when a token does.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_kit.http.session import Session
from lmhg_kit.persistence import Database, ReadSession, WriteSession
from lmhg_portal.features.identity.models import SeenLogoutToken, SignInRequest, SignInSession

SHOWN_MAX = 50
PATH_MAX = 300

NOTHING_WAITS = "array[]::int[]"
_FIND = (
    "with named as materialized (select set_config('app.actor', 'process: session check', true)),"
    " who as materialized (select s.id, s.user_id, s.issuer_sid, s.started_at, s.last_used_at,"
    " s.ends_at, s.authenticated_at, s.methods, s.device, p.body ->> 'display_name' as display_name,"
    " array(select jsonb_array_elements_text(p.body -> 'roles'))::varchar[] as roles"
    " from named, portal.session s join replica.record p on p.kind = 'staff_profile'"
    " and p.record_id = s.user_id and not p.purged and p.body -> 'active' = 'true'::jsonb"
    " where s.id_hash = $1)"
    " select who.*, {waits} as waits from who"
)
_TOUCH = "update portal.session set last_used_at = $2 where id_hash = $1"
_PROFILE = text(
    "select body ->> 'display_name' as display_name,"
    " array(select jsonb_array_elements_text(body -> 'roles')) as roles from replica.record"
    " where kind = 'staff_profile' and record_id = :id and not purged"
    " and body -> 'active' = 'true'::jsonb"
)


@dataclass(frozen=True)
class Profile:
    """A colleague as the practice last described them."""

    display_name: str
    roles: frozenset[str]


class PortalSessions:
    """Implements `SessionRepository` over the portal's table and the replica of profiles.

    `waits` is a column of what waits for the person, asked in the statement that finds the session.
    """

    def __init__(self, db: Database, *, waits: str = NOTHING_WAITS) -> None:
        self._db = db
        self._find = _FIND.format(waits=waits)

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if the person's profile is here and active."""
        row = await self._db.alone.row(self._find, token_hash)
        if row is None:
            return None
        return Session(
            token_hash=token_hash,
            account_id=str(row["user_id"]),
            display_name=row["display_name"],
            roles=frozenset(row["roles"]),
            created_at=row["started_at"],
            last_seen_at=row["last_used_at"],
            expires_at=row["ends_at"],
            id=str(row["id"]),
            authenticated_at=row["authenticated_at"],
            methods=frozenset(row["methods"]),
            device=row["device"],
            parent=row["issuer_sid"] or None,
            waits=tuple(row["waits"]),
        )

    async def insert_session(self, session: Session) -> None:
        """Keep a new session; those whose time is over go."""
        values = {
            "id_hash": session.token_hash,
            "id": uuid.UUID(session.id),
            "user_id": uuid.UUID(session.account_id),
            "issuer_sid": session.parent or "",
            "started_at": session.created_at,
            "last_used_at": session.last_seen_at,
            "ends_at": session.expires_at,
            "authenticated_at": session.authenticated_at,
            "methods": sorted(session.methods),
            "device": session.device,
        }
        async with self._db.engine.begin() as connection:
            over = SignInSession.ends_at < session.created_at
            await connection.execute(delete(SignInSession).where(over))
            await connection.execute(insert(SignInSession).values(values))

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        await self._db.alone.run(_TOUCH, token_hash, at)

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        await self._run(delete(SignInSession).where(SignInSession.id_hash == token_hash))

    async def _run(self, statement: Any) -> None:  # noqa: ANN401 - any statement of SQLAlchemy's
        async with self._db.engine.begin() as connection:
            await connection.execute(statement)


async def profile(db: Database, user_id: uuid.UUID) -> Profile | None:
    """The active profile of a person, or None when it is missing, inactive or recalled."""
    async with db.engine.connect() as connection:
        row = (await connection.execute(_PROFILE, {"id": user_id})).one_or_none()
    return Profile(row.display_name, frozenset(row.roles)) if row else None


async def put_request(db: Database, request: dict[str, Any], *, at: datetime) -> None:
    """Keep a sign-in that begins; those nobody came back from go."""
    async with db.engine.begin() as connection:
        await connection.execute(delete(SignInRequest).where(SignInRequest.ends_at < at))
        await connection.execute(insert(SignInRequest).values(request))


@dataclass(frozen=True)
class Begun:
    """A sign-in under way, taken out of the store."""

    nonce: str
    verifier: str
    next_path: str


async def take_request(db: Database, state_hash: bytes, *, at: datetime) -> Begun | None:
    """The sign-in of this state and browser, once: taking it removes it."""
    taken = (
        delete(SignInRequest)
        .where(SignInRequest.state_hash == state_hash)
        .returning(
            SignInRequest.nonce,
            SignInRequest.verifier,
            SignInRequest.next_path,
            SignInRequest.ends_at,
        )
    )
    async with db.engine.begin() as connection:
        row = (await connection.execute(taken)).one_or_none()
    if row is None or row.ends_at <= at:
        return None
    return Begun(row.nonce, row.verifier, row.next_path)


async def keep_hint(db: Database, token_hash: bytes, *, id_token: str) -> None:
    """Keep the ID token of a session: the hint that ends it at the issuer."""
    async with db.engine.begin() as connection:
        one = SignInSession.id_hash == token_hash
        await connection.execute(update(SignInSession).where(one).values(id_token=id_token))


async def hint_of(db: Database, token_hash: bytes) -> str:
    """The ID token of a session, or nothing."""
    query = select(SignInSession.id_token).where(SignInSession.id_hash == token_hash)
    async with db.engine.connect() as connection:
        return (await connection.execute(query)).scalar_one_or_none() or ""


async def sessions_of(tx: ReadSession, user_id: uuid.UUID) -> Sequence[SignInSession]:
    """The sessions of a person, the last used first; at most 50."""
    query = select(SignInSession).where(SignInSession.user_id == user_id)
    ordered = query.order_by(SignInSession.last_used_at.desc()).limit(SHOWN_MAX)
    return (await tx.scalars(ordered)).all()


async def end_session(tx: WriteSession, session_id: uuid.UUID, *, user_id: uuid.UUID) -> int:
    """End one session of this person; 0 when it is not theirs or not there."""
    one = (SignInSession.id == session_id, SignInSession.user_id == user_id)
    return await _count(tx, delete(SignInSession).where(*one))


async def end_sessions(tx: WriteSession, *, user_id: uuid.UUID | None, sid: str) -> int:
    """End the sessions that came of one session of the issuer's, or all of a person."""
    chosen: list[Any] = []
    if user_id is not None:
        chosen.append(SignInSession.user_id == user_id)
    if sid:
        chosen.append(SignInSession.issuer_sid == sid)
    return await _count(tx, delete(SignInSession).where(*chosen)) if chosen else 0


async def see_logout_token(
    tx: WriteSession, jti: str, *, at: datetime, forget_at: datetime
) -> bool:
    """Remember a logout token; False when it was here before."""
    await tx.execute(delete(SeenLogoutToken).where(SeenLogoutToken.ends_at < at))
    row = {"jti": jti, "ends_at": forget_at}
    fresh = upsert(SeenLogoutToken).values(row).on_conflict_do_nothing()
    return await _count(tx, fresh) == 1


async def _count(tx: WriteSession, statement: Any) -> int:  # noqa: ANN401 - any statement of SQLAlchemy's
    done: CursorResult[Any] = await tx.execute(statement)  # type: ignore[assignment]
    return done.rowcount
