"""All SQL of accounts: finding them, their history, and the handoff to the workspace."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import any_, delete, func, insert, literal, or_, select, text, update

from lmhg_gateway.features.identity.factor_models import MfaRule, Passkey, Totp
from lmhg_gateway.features.identity.models import (
    Activity,
    Handoff,
    SignInSession,
    UserAccount,
)
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession

LEAVERS_MAX = 50
KEEP_USED = timedelta(days=1)
ACTIVITY_SHOWN = 30
PROCESS = Actor("process:sign_in")


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


@dataclass(frozen=True)
class Handed:
    """A code that came back, with the browser that brought it."""

    code: str
    state: str
    device: str
    address: str


_REDEEM = text(
    "select parent from identity.redeem(:code, :state, :token_hash, gen_random_uuid(), :ends_by,"
    " :device, :address)"
)


class AccountStore:
    """Accounts and the attempts to open them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_email(self, email: str) -> Account | None:
        """The account of this e-mail address."""
        return await self._find(UserAccount.email == email.strip().lower())

    async def by_id(self, user_id: uuid.UUID) -> Account | None:
        """The account with this id."""
        return await self._find(UserAccount.id == user_id)

    async def _find(self, condition: Any) -> Account | None:  # noqa: ANN401 - an SQL expression
        account = UserAccount
        rule = select(func.min(MfaRule.required_from)).where(MfaRule.role == any_(account.roles))
        enrolled = or_(
            select(Totp.id)
            .where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None))
            .exists(),
            select(Passkey.id).where(Passkey.user_id == account.id).exists(),
        )
        query = select(
            account.id,
            account.email,
            account.display_name,
            account.roles,
            account.password_hash,
            account.active,
            enrolled.label("enrolled"),
            rule.scalar_subquery().label("rule"),
        ).where(condition)
        async with self._db.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Account(
            id=row.id,
            email=row.email,
            display_name=row.display_name,
            roles=frozenset(row.roles),
            password_hash=row.password_hash,
            active=row.active,
            enrolled=row.enrolled,
            rule=row.rule,
        )

    async def rehash(self, user_id: uuid.UUID, password_hash: str) -> None:
        """Keep a password's hash under newer parameters."""
        change = update(UserAccount).where(UserAccount.id == user_id)
        async with self._db.uow(Actor(str(user_id)), "password.rehash") as tx:
            await tx.execute(change.values(password_hash=password_hash))

    async def note(
        self,
        act: str,
        *,
        email: str,
        actor: Actor = PROCESS,
        method: str = "",
        outcome: str = "done",
        device: str = "",
        address: str = "",
        request_id: str = "",
    ) -> None:
        """Write what happened into the access record, and into the person's own history.

        The same two statements whether the account exists or not.
        """
        columns = ["id", "user_id", "act", "method", "device", "address"]
        own = select(
            literal(new_id()),
            UserAccount.id,
            literal(act),
            literal(method),
            literal(device),
            literal(address),
        ).where(UserAccount.email == email)
        history = insert(Activity).from_select(columns, own)
        ids = [] if actor is PROCESS else [uuid.UUID(actor.id)]
        async with self._db.uow(actor, "sign_in", request_id=request_id) as tx:
            await tx.execute(history)
            await tx.note(act, kind="account", ids=ids, outcome=outcome)


async def set_password(tx: WriteSession, user_id: uuid.UUID, password_hash: str) -> None:
    """Keep a password that somebody chose."""
    change = update(UserAccount).where(UserAccount.id == user_id)
    await tx.execute(change.values(password_hash=password_hash, password_changed_at=func.now()))


async def activity_of(tx: ReadSession, user_id: uuid.UUID) -> list[Activity]:
    """What happened at somebody's sign-in, newest first."""
    query = select(Activity).where(Activity.user_id == user_id)
    rows = await tx.scalars(query.order_by(Activity.at.desc()).limit(ACTIVITY_SHOWN))
    return list(rows)


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


async def redeem(
    db: Database, handed: Handed, *, token_hash: bytes, ends_by: datetime
) -> uuid.UUID | None:
    """Begin a workspace session with a code, once, in time, while the session it is of lives.

    The database itself checks the code and makes the session; the session it came from, if it did.
    """
    given = {
        "code": handed.code,
        "state": handed.state,
        "token_hash": token_hash,
        "ends_by": ends_by,
        "device": handed.device,
        "address": handed.address,
    }
    async with db.engine.begin() as connection:
        return (await connection.execute(_REDEEM, given)).scalar_one_or_none()


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
