"""All SQL of sessions, of the identity process and of the workspace that is its child."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from lmhg_gateway.features.accounts.public import (
    ENROL,
    FULL,
    has_second_factor,
    stage_of,
    stage_role,
)
from lmhg_gateway.features.sessions.models import SignInSession
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.session import Elevation, Session
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.alone import Found

IDENTITY, WORKSPACE = "identity", "workspace"


NOTHING_WAITS = "array[]::int[]"
NO_ELEVATION = Elevation("null::timestamptz", "")
_TOUCH = (
    "update identity.session s set last_used_at = $2 where s.id_hash = $1"
    " or s.id = (select c.parent from identity.session c where c.id_hash = $1)"
)


def _find(waits: str, until: str) -> str:
    """One statement for all that a request begins with.

    It names the process, as counts of what waits need; and it makes the row of the person first, so that
    only their roles' counts are made.
    """
    return (
        "with named as materialized (select set_config('app.actor', 'process: session check', true)),"  # noqa: S608 - constants
        " who as materialized (select s.id, s.user_id, s.application, s.stage, s.parent, s.started_at,"
        " s.last_used_at, s.ends_at, s.authenticated_at, s.methods, s.device, s.address,"
        f" u.display_name, u.roles, {until} as until,"
        " exists (select from identity.mfa_rule r where r.role = any (u.roles)"
        " and r.required_from <= $2) as required,"
        " exists (select from identity.totp t where t.user_id = u.id and t.confirmed_at is not null)"
        " or exists (select from identity.passkey k where k.user_id = u.id) as enrolled"
        " from named, identity.session s join identity.user_account u on u.id = s.user_id"
        " where s.id_hash = $1 and u.active)"
        f" select who.*, {waits} as waits from who"
    )


@dataclass(frozen=True)
class Promotion:
    """What a session becomes when its person has proved more."""

    new_hash: bytes
    methods: frozenset[str]
    at: datetime
    ends_at: datetime


class SessionStore:
    """Implements `SessionRepository` for one application of this plane.

    `waits` is a column of what waits for the person, `elevation` what may give them a role for a while:
    both are asked in the statement that finds the session.
    """

    def __init__(
        self,
        db: Database,
        application: str,
        clock: Clock = utc_now,
        *,
        waits: str = NOTHING_WAITS,
        elevation: Elevation = NO_ELEVATION,
    ) -> None:
        self._db = db
        self._application = application
        self._clock = clock
        self._role = elevation.role
        self._find = _find(waits, elevation.until)

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if its account is active and the rule of factors is kept.

        The rule is looked up at every request, so it takes effect on the hour it names.
        """
        row = await self._db.alone.row(self._find, token_hash, self._clock())
        if row is None or row["application"] != self._application:
            return None
        stage = _stage_now(row)
        if stage is None or (stage != FULL and self._application == WORKSPACE):
            return None
        return _session(row, token_hash=token_hash, roles=self._roles(row, stage))

    def _roles(self, row: Found, stage: str) -> frozenset[str]:
        own = frozenset(row["roles"]) if stage == FULL else frozenset[str]()
        if row["until"] is not None:
            own |= {self._role}
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
        await self._db.alone.run(_TOUCH, token_hash, at)

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


def _stage_now(row: Found) -> str | None:
    """The stage as the rule of second factors has it today; None when it admits nothing.

    A full session without the second factor that is required by now may enrol one; when its
    person has one already, they sign in with it. So does anyone who waits to enrol meanwhile: an enrolled
    person never enrols by password alone.
    """
    if row["stage"] == ENROL and row["enrolled"]:
        return None
    if row["stage"] != FULL or not row["required"] or has_second_factor(row["methods"]):
        return str(row["stage"])
    return None if row["enrolled"] else ENROL


def _session(row: Found, *, token_hash: bytes, roles: frozenset[str]) -> Session:
    return Session(
        token_hash=token_hash,
        account_id=str(row["user_id"]),
        display_name=row["display_name"],
        roles=roles,
        created_at=row["started_at"],
        last_seen_at=row["last_used_at"],
        expires_at=row["ends_at"],
        id=str(row["id"]),
        authenticated_at=row["authenticated_at"],
        methods=frozenset(row["methods"]),
        device=row["device"],
        address=row["address"],
        parent=str(row["parent"]) if row["parent"] else None,
        elevated_until=row["until"],
        waits=tuple(row["waits"]),
    )
