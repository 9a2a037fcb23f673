"""What other features may ask of accounts: who is here, whose sessions end, who has which factor."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request
from sqlalchemy import any_, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_gateway.features.identity import door as door  # noqa: PLC0414 - for other features
from lmhg_gateway.features.identity.attempts import account_subject, factor_subject
from lmhg_gateway.features.identity.factor_models import (
    DeviceReset,
    MfaRule,
    Passkey,
    RecoveryCode,
    Totp,
)
from lmhg_gateway.features.identity.models import (
    Activity,
    Letter,
    SignInFailures,
    SignInSession,
    UserAccount,
)
from lmhg_gateway.features.identity.repository import Account as Account  # noqa: PLC0414 - for other features
from lmhg_gateway.features.identity.rules import FULL as FULL  # noqa: PLC0414 - for other features
from lmhg_gateway.features.identity.rules import has_second_factor as has_second_factor  # noqa: PLC0414 - for other features
from lmhg_gateway.features.identity.rules import stage_of
from lmhg_gateway.features.issuer.public import queue_logout, revoke_of_user
from lmhg_kit.clock import new_id, utc_now
from lmhg_kit.errors import Conflict, NotFound, NotSignedIn
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of
from lmhg_kit.persistence import ReadSession, WriteSession

PEOPLE_MAX = 500
SESSIONS_MAX = 100
INVITE, RESET = "invite", "reset"

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Person:
    """Who is fully signed in at the identity process."""

    id: uuid.UUID
    email: str
    display_name: str
    roles: frozenset[str]
    session_id: uuid.UUID
    authenticated_at: datetime
    methods: frozenset[str]


@dataclass(frozen=True)
class MfaStatus:
    """Somebody's second factors, by kind; none of their names."""

    apps: int = 0
    keys: int = 0
    recovery_codes: int = 0
    required_from: datetime | None = None
    last_sign_in: datetime | None = None
    invited_at: datetime | None = None
    delayed_until: datetime | None = None
    """When the next attempt is taken after too many wrong ones."""

    @property
    def is_enrolled(self) -> bool:
        """Whether there is a second factor at all."""
        return self.apps + self.keys > 0


@dataclass(frozen=True)
class OpenReset:
    """A lost device that waits for its second person."""

    id: uuid.UUID
    user_id: uuid.UUID
    asked_by: uuid.UUID
    asked_at: datetime


@dataclass(frozen=True)
class OpenSession:
    """One session of somebody's, as a list shows it."""

    id: uuid.UUID
    application: str
    parent: uuid.UUID | None
    started_at: datetime
    last_used_at: datetime
    ends_at: datetime
    device: str
    address: str
    methods: tuple[str, ...]


async def current_person(request: AnyRequest) -> Person:
    """Who is fully signed in here. Raises: NotSignedIn, also for a half sign-in."""
    session = visit_of(request).session
    if session is None or stage_of(session.roles) != FULL or session.authenticated_at is None:
        raise NotSignedIn
    email = select(UserAccount.email).where(UserAccount.id == uuid.UUID(session.account_id))
    async with database_of(request).engine.connect() as link:
        found = (await link.execute(email)).scalar_one()
    return Person(
        id=uuid.UUID(session.account_id),
        email=found,
        display_name=session.display_name,
        roles=frozenset(role for role in session.roles if ":" not in role),
        session_id=uuid.UUID(session.id),
        authenticated_at=session.authenticated_at,
        methods=session.methods,
    )


async def person_by_id(request: AnyRequest, account_id: str) -> Person | None:
    """An active colleague whom another server vouches for; None for anybody else."""
    try:
        user_id = uuid.UUID(account_id)
    except ValueError:
        return None
    account = UserAccount
    query = select(account.email, account.display_name, account.roles).where(
        account.id == user_id, account.active
    )
    async with database_of(request).engine.connect() as link:
        row = (await link.execute(query)).one_or_none()
    if row is None:
        return None
    return Person(
        id=user_id,
        email=row.email,
        display_name=row.display_name,
        roles=frozenset(row.roles),
        session_id=user_id,
        authenticated_at=utc_now(),
        methods=frozenset(),
    )


def sign_in_url(next_path: str, *, again: bool = False) -> str:
    """Where somebody signs in at the identity process, to come back to an own path afterwards.

    With `again`, somebody who is signed in proves once more who they are, however recent it is.
    """
    more = f"&fresh={door.AGAIN}" if again else ""
    return f"/sign-in?next={quote(next_path, safe='')}{more}"


async def end_sessions(
    tx: WriteSession,
    *,
    user_id: uuid.UUID,
    session_id: uuid.UUID | None = None,
    keep: uuid.UUID | None = None,
    keep_children: bool = True,
) -> int:
    """End somebody's sessions, or one with its children; how many. `keep` spares one tree.

    Without `keep_children` it spares that session alone.

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
    if ids:
        await tx.execute(delete(session).where(session.id.in_(ids)))
    return len(ids)


async def sessions_of(tx: ReadSession, user_id: uuid.UUID) -> list[OpenSession]:
    """Somebody's sessions, newest use first."""
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


async def put_account(
    tx: WriteSession,
    *,
    user_id: uuid.UUID,
    email: str,
    display_name: str,
    roles: Sequence[str],
) -> None:
    """Create an account without a password, or change name, address and roles of one."""
    values: dict[str, Any] = {
        "email": email.strip().lower(),
        "display_name": display_name,
        "roles": sorted(roles),
    }
    change = update(UserAccount).where(UserAccount.id == user_id).values(values)
    changed = await tx.execute(change.returning(UserAccount.id))
    if changed.scalar_one_or_none() is None:
        row = {"id": user_id, "active": True, **values}
        await tx.execute(insert(UserAccount).values(row))


async def end_account(tx: WriteSession, *, user_id: uuid.UUID) -> int:
    """Close an account for good, with every session; how many sessions ended."""
    ended = await end_sessions(tx, user_id=user_id)
    await revoke_of_user(tx, user_id)
    change = update(UserAccount).where(UserAccount.id == user_id)
    await tx.execute(change.values(active=False, ended_at=func.now()))
    return ended


async def invite(tx: WriteSession, user_id: uuid.UUID) -> None:
    """Have somebody mailed a link to choose a password; the identity process sends it."""
    await tx.execute(insert(Letter).values(id=new_id(), user_id=user_id, purpose=INVITE))


async def owing_factor(tx: ReadSession) -> int:
    """How many active people have a role that asks for a second factor, and have none."""
    account = UserAccount
    asks = select(MfaRule.role).where(MfaRule.role == any_(account.roles)).exists()
    app = select(Totp.id).where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None)).exists()
    key = select(Passkey.id).where(Passkey.user_id == account.id).exists()
    query = select(func.count()).select_from(account).where(account.active, asks, ~app, ~key)
    return int(await tx.scalar(query) or 0)


async def mfa_status(
    tx: ReadSession, user_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, MfaStatus]:
    """Who has which second factors, and from when their roles need one."""
    people = list(user_ids)[:PEOPLE_MAX]
    account, code = UserAccount, RecoveryCode
    apps = select(func.count()).where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None))
    keys = select(func.count()).where(Passkey.user_id == account.id)
    codes = select(func.count()).where(code.user_id == account.id, code.used_at.is_(None))
    rule = select(func.min(MfaRule.required_from)).where(MfaRule.role == any_(account.roles))
    last = select(func.max(Activity.at)).where(
        Activity.user_id == account.id, Activity.act == "sign_in"
    )
    invited = select(func.max(Letter.asked_at)).where(
        Letter.user_id == account.id, Letter.purpose == INVITE
    )
    query = select(
        account.id,
        account.email,
        *(part.scalar_subquery() for part in (apps, keys, codes, rule, last, invited)),
    ).where(account.id.in_(people))
    rows = (await tx.execute(query)).all()
    waits = await _waits(tx, {row.id: row.email for row in rows})
    return {row.id: _status(tuple(row), waits.get(row.id)) for row in rows}


def _status(row: Sequence[Any], wait: datetime | None) -> MfaStatus:
    apps, keys, codes, rule, last, invited = row[2:]
    return MfaStatus(apps, keys, codes, rule, last, invited, wait)


async def _waits(tx: ReadSession, emails: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, datetime]:
    failures = SignInFailures
    owners = {account_subject(email).digest: person for person, email in emails.items()}
    owners |= {factor_subject(person).digest: person for person in emails}
    query = select(failures.subject_hash, failures.not_before).where(
        failures.subject_hash.in_(list(owners)), failures.not_before > func.now()
    )
    return {owners[row.subject_hash]: row.not_before for row in (await tx.execute(query)).all()}


async def unlock(tx: WriteSession, *, user_id: uuid.UUID) -> bool:
    """Take the growing delay off an account; the access record has who did. Raises: NotFound."""
    query = select(UserAccount.email).where(UserAccount.id == user_id)
    email = (await tx.execute(query)).scalar_one_or_none()
    if email is None:
        raise NotFound("account_unknown")
    failures = SignInFailures
    digests = [account_subject(email).digest, factor_subject(user_id).digest]
    gone = delete(failures).where(failures.subject_hash.in_(digests))
    found = (await tx.execute(gone.returning(failures.subject_hash))).all()
    await tx.note("account.unlock", kind="account", ids=[user_id])
    await tx.execute(
        insert(Activity).values(id=new_id(), user_id=user_id, act="unlocked_by_administrator")
    )
    return bool(found)


async def set_mfa_rule(tx: WriteSession, role: str, required_from: datetime) -> None:
    """From when a role needs a second factor: new, or earlier than before.

    The database refuses a later day: that, and lifting the rule, take two people.
    """
    change = upsert(MfaRule).values(role=role, required_from=required_from)
    change = change.on_conflict_do_update(
        index_elements=[MfaRule.role], set_={"required_from": required_from}
    )
    await tx.execute(change)
    await tx.note("mfa_rule.change", kind="mfa_rule")


async def mfa_rules(tx: ReadSession) -> Mapping[str, datetime]:
    """Role to the moment from which it needs a second factor."""
    rows = (await tx.execute(select(MfaRule.role, MfaRule.required_from))).all()
    return {row.role: row.required_from for row in rows}


async def ask_device_reset(
    tx: WriteSession, *, user_id: uuid.UUID, asked_by: uuid.UUID
) -> uuid.UUID:
    """Say that somebody lost their device; another person has to agree. Raises: Conflict."""
    reset = DeviceReset
    waiting = exists().where(reset.user_id == user_id, reset.approved_at.is_(None))
    if (await tx.execute(select(waiting))).scalar_one():
        raise Conflict("device_reset_open")
    if user_id == asked_by:
        raise Conflict("device_reset_own")
    reset_id = new_id()
    row = {"id": reset_id, "user_id": user_id, "asked_by": asked_by}
    await tx.execute(insert(reset).values(row))
    await tx.note("device_reset.ask", kind="account", ids=[user_id])
    return reset_id


async def open_device_resets(tx: ReadSession) -> list[OpenReset]:
    """Lost devices that wait for their second person, oldest first."""
    reset = DeviceReset
    query = (
        select(reset.id, reset.user_id, reset.asked_by, reset.asked_at)
        .where(reset.approved_at.is_(None))
        .order_by(reset.asked_at)
        .limit(PEOPLE_MAX)
    )
    return [OpenReset(*row) for row in (await tx.execute(query)).all()]


async def approve_device_reset(
    tx: WriteSession, *, reset_id: uuid.UUID, approved_by: uuid.UUID
) -> uuid.UUID:
    """The second person agrees: factors and sessions are gone; whose. Raises: NotFound, Conflict.

    The database itself refuses an approval by the asker or by the person concerned.
    """
    reset = DeviceReset
    query = select(reset.user_id, reset.asked_by).where(
        reset.id == reset_id, reset.approved_at.is_(None)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise NotFound("device_reset_unknown")
    if approved_by in (found.user_id, found.asked_by):
        raise Conflict("device_reset_own")
    await end_sessions(tx, user_id=found.user_id)
    change = update(reset).where(reset.id == reset_id, reset.approved_at.is_(None))
    await tx.execute(change.values(approved_by=approved_by, approved_at=func.now()))
    letter = {"id": new_id(), "user_id": found.user_id, "purpose": "notice_device"}
    await tx.execute(insert(Letter).values(letter))
    await tx.note("device_reset.approve", kind="account", ids=[found.user_id])
    return found.user_id
