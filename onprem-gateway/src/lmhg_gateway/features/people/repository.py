"""All SQL of people, column by column: the workspace's role sees no password and no secret."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text

from lmhg_gateway.features.people.models import Offboarding
from lmhg_kit.persistence import ReadSession, WriteSession

LIST_MAX = 500
LETTERS_MAX = 5
NOTICES_MAX = 50

_COLUMNS = "select id, email, display_name, roles, active, created_at, ended_at"
_LIST = (
    f"{_COLUMNS} from identity.user_account"
    " where (:ended or active) and (:q = '' or strpos(lower(normalize(display_name)), :q) > 0"
    " or strpos(email, :q) > 0)"
)
_ORDERS = {
    "name": text(f"{_LIST} order by active desc, display_name offset :first limit :size"),
    "-name": text(f"{_LIST} order by active desc, display_name desc offset :first limit :size"),
}
_COUNT = text(f"select count(*) from ({_LIST}) found")  # noqa: S608 - constant text
_ONE = text(f"{_COLUMNS} from identity.user_account where id = :id")
_LOCKED = text(f"{_COLUMNS} from identity.user_account where id = :id for update")
_TAKEN = text("select 1 from identity.user_account where email = :email")
_ADMINS = text(
    "select id::text from identity.user_account where active and :admin = any (roles) for update"
)
_LETTERS = text(
    "select asked_at, sent_at, ends_at, used_at from identity.letter"
    " where user_id = :id and purpose = :purpose order by asked_at desc limit :limit"
)
_DROP_LETTERS = text("delete from identity.letter where user_id = :id and used_at is null")
_TOKENS = text(
    "select count(distinct family) from identity.refresh_token"
    " where user_id = :id and revoked_at is null"
)
_ELSEWHERE = text("select max(at) from identity.session_client where user_id = :id")
_NOTICES = text(
    "select o.name, n.made_at, n.sent_at, n.attempts, n.given_up_at from identity.logout_notice n"
    " join identity.oauth_client o on o.id = n.client"
    " where n.user_id = :id and n.made_at >= :since order by n.made_at, o.name limit :limit"
)


async def listed(
    tx: ReadSession,
    *,
    q: str,
    ended: bool,
    first: int = 0,
    size: int = LIST_MAX,
    sort: str = "name",
) -> Sequence[Row[Any]]:
    """A part of everybody with an account, those who work here first."""
    given = {"q": q.strip().lower(), "ended": ended, "first": first, "size": size}
    return (await tx.execute(_ORDERS[sort], given)).all()


async def count(tx: ReadSession, *, q: str, ended: bool) -> int:
    """How many they are."""
    given = {"q": q.strip().lower(), "ended": ended}
    return int((await tx.execute(_COUNT, given)).scalar_one())


async def person(tx: ReadSession, user_id: uuid.UUID) -> Row[Any] | None:
    """One person's account."""
    return (await tx.execute(_ONE, {"id": user_id})).one_or_none()


async def locked(tx: WriteSession, user_id: uuid.UUID) -> Row[Any] | None:
    """One person's account, held until this unit of work ends."""
    return (await tx.execute(_LOCKED, {"id": user_id})).one_or_none()


async def is_address_taken(tx: ReadSession, email: str) -> bool:
    """Whether an account has this address already."""
    return (await tx.execute(_TAKEN, {"email": email})).first() is not None


async def admins(tx: WriteSession, role: str) -> Sequence[str]:
    """Ids of the active people with a role, held until this unit of work ends."""
    return (await tx.execute(_ADMINS, {"admin": role})).scalars().all()


async def letters(tx: ReadSession, user_id: uuid.UUID, *, purpose: str) -> Sequence[Row[Any]]:
    """The last letters of one kind to a person, the newest first."""
    given = {"id": user_id, "purpose": purpose, "limit": LETTERS_MAX}
    return (await tx.execute(_LETTERS, given)).all()


async def drop_letters(tx: WriteSession, user_id: uuid.UUID) -> int:
    """Forget letters that nobody has used: what they would open stays shut."""
    done: Any = await tx.execute(_DROP_LETTERS, {"id": user_id})
    return int(done.rowcount)


async def token_count(tx: ReadSession, user_id: uuid.UUID) -> int:
    """How many families of refresh tokens are good."""
    return (await tx.execute(_TOKENS, {"id": user_id})).scalar_one()


async def signed_in_elsewhere(tx: ReadSession, user_id: uuid.UUID) -> datetime | None:
    """When the person last signed in to the portal or another relying party."""
    return (await tx.execute(_ELSEWHERE, {"id": user_id})).scalar_one_or_none()


async def notices(tx: ReadSession, user_id: uuid.UUID, *, since: datetime) -> Sequence[Row[Any]]:
    """The logout notices made since then, with when each was answered."""
    given = {"id": user_id, "since": since, "limit": NOTICES_MAX}
    return (await tx.execute(_NOTICES, given)).all()


async def offboarding(tx: ReadSession, user_id: uuid.UUID) -> Offboarding | None:
    """The newest offboarding of a person."""
    query = select(Offboarding).where(Offboarding.user_id == user_id)
    return await tx.scalar(query.order_by(Offboarding.at.desc()).limit(1))


async def count_offboardings(tx: ReadSession, start: datetime, end: datetime) -> int:
    """How many people left in a time."""
    query = select(func.count()).where(Offboarding.at >= start, Offboarding.at < end)
    return int(await tx.scalar(query) or 0)
