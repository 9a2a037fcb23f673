"""All SQL of sessions, of the identity process and of the workspace that is its child."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, any_, bindparam, delete, exists, insert, or_, select, update

from lmhg_gateway.features.accounts.public import (
    ENROL,
    FULL,
    UserAccount,
    has_second_factor,
    stage_of,
    stage_role,
)
from lmhg_gateway.features.factors.public import MfaRule, Passkey, Totp
from lmhg_gateway.features.sessions.models import SignInSession
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.session import Session
from lmhg_kit.persistence import Database

IDENTITY, WORKSPACE = "identity", "workspace"


@dataclass(frozen=True)
class Promotion:
    """What a session becomes when its person has proved more."""

    new_hash: bytes
    methods: frozenset[str]
    at: datetime
    ends_at: datetime


class SessionStore:
    """Implements `SessionRepository` for one application of this plane."""

    def __init__(self, db: Database, application: str, clock: Clock = utc_now) -> None:
        self._db = db
        self._application = application
        self._clock = clock

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if its account is active and the rule of factors is kept.

        The rule is looked up at every request, so it takes effect on the hour it names.
        """
        async with self._db.reader.connect() as connection:
            found = {"wanted_hash": token_hash, "now": self._clock()}
            row = (await connection.execute(_QUERY, found)).one_or_none()
        if row is None or row.application != self._application:
            return None
        stage = _stage_now(row)
        if stage is None or (stage != FULL and self._application == WORKSPACE):
            return None
        return _session(row, token_hash=token_hash, roles=self._roles(row, stage))

    def _roles(self, row: Row[Any], stage: str) -> frozenset[str]:
        own = frozenset(row.roles) if stage == FULL else frozenset[str]()
        return own | {stage_role(stage)} if self._application == IDENTITY else own

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        values = {
            "id_hash": session.token_hash,
            "id": uuid.UUID(session.id),
            "user_id": uuid.UUID(session.account_id),
            "application": self._application,
            "stage": stage_of(session.roles),
            "parent": uuid.UUID(session.parent) if session.parent else None,
            "started_at": session.created_at,
            "last_used_at": session.last_seen_at,
            "ends_at": session.expires_at,
            "authenticated_at": session.authenticated_at,
            "methods": sorted(session.methods),
            "device": session.device,
            "address": session.address,
        }
        await self._run(insert(SignInSession).values(values))

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use; a child's use keeps its parent awake."""
        parent = select(SignInSession.parent).where(SignInSession.id_hash == token_hash)
        own = or_(SignInSession.id_hash == token_hash, SignInSession.id == parent.scalar_subquery())
        await self._run(update(SignInSession).where(own).values(last_used_at=at))

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session, and its children with it."""
        await self._run(delete(SignInSession).where(SignInSession.id_hash == token_hash))

    async def promote(self, token_hash: bytes, promotion: Promotion) -> bool:
        """Make a session full under a new secret; False when the old one is gone already.

        The public id stays, so that children and clients of the session stay its own.
        """
        values = {
            "id_hash": promotion.new_hash,
            "stage": FULL,
            "methods": sorted(promotion.methods),
            "authenticated_at": promotion.at,
            "last_used_at": promotion.at,
            "ends_at": promotion.ends_at,
        }
        change = (
            update(SignInSession)
            .where(SignInSession.id_hash == token_hash)
            .values(values)
            .returning(SignInSession.id)
        )
        async with self._db.engine.begin() as connection:
            return (await connection.execute(change)).scalar_one_or_none() is not None

    async def _run(self, statement: Any) -> None:  # noqa: ANN401 - any statement of SQLAlchemy's
        async with self._db.engine.begin() as connection:
            await connection.execute(statement)


def _query() -> Any:  # noqa: ANN401 - SQLAlchemy's select of many columns
    token_hash, at = bindparam("wanted_hash"), bindparam("now")
    session, account = SignInSession, UserAccount
    required = exists().where(MfaRule.role == any_(account.roles), MfaRule.required_from <= at)
    enrolled = or_(
        select(Totp.id).where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None)).exists(),
        select(Passkey.id).where(Passkey.user_id == account.id).exists(),
    )
    return (
        select(
            session.id,
            session.user_id,
            session.application,
            session.stage,
            session.parent,
            session.started_at,
            session.last_used_at,
            session.ends_at,
            session.authenticated_at,
            session.methods,
            session.device,
            session.address,
            account.display_name,
            account.roles,
            required.label("required"),
            enrolled.label("enrolled"),
        )
        .join_from(session, account, account.id == session.user_id)
        .where(session.id_hash == token_hash, account.active)
    )


_QUERY = _query()
"""Made once: every request of every signed-in person begins with it."""


def _stage_now(row: Row[Any]) -> str | None:
    """The stage as the rule of second factors has it today; None when it admits nothing.

    A full session without the second factor that is required by now may enrol one; when its
    person has one already, they sign in with it. So does anyone who waits to enrol meanwhile: an enrolled
    person never enrols by password alone.
    """
    if row.stage == ENROL and row.enrolled:
        return None
    if row.stage != FULL or not row.required or has_second_factor(row.methods):
        return str(row.stage)
    return None if row.enrolled else ENROL


def _session(row: Row[Any], *, token_hash: bytes, roles: frozenset[str]) -> Session:
    return Session(
        token_hash=token_hash,
        account_id=str(row.user_id),
        display_name=row.display_name,
        roles=roles,
        created_at=row.started_at,
        last_seen_at=row.last_used_at,
        expires_at=row.ends_at,
        id=str(row.id),
        authenticated_at=row.authenticated_at,
        methods=frozenset(row.methods),
        device=row.device,
        address=row.address,
        parent=str(row.parent) if row.parent else None,
    )
