"""All SQL of the nightly check and the catch-up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Row, bindparam, func, select, text

from lmhg_gateway.features.deliveries.public import RETRY, Priority
from lmhg_gateway.features.reconcile.models import IntakeqObject, SyncState
from lmhg_kit.persistence import ReadSession, WriteSession

_CLAIM = text(
    "with next as materialized (select o.id from practice.intakeq_object o"  # noqa: S608 - our numbers
    "  where o.held_code is null and o.due_at <= :now and (:any or not o.is_catch_up)"
    "  and not exists (select from practice.intakeq_arrival a"
    "    where a.token = o.number_token and a.state = 'open')"
    "  order by o.turn, o.near_s, o.id limit 1 for update skip locked)"
    " update practice.intakeq_object o set attempts = o.attempts + 1,"
    f" due_at = :now + {RETRY.in_sql('o.attempts')}"
    " from next where o.id = next.id returning o.id"
).bindparams(bindparam("now", type_=DateTime(timezone=True)))
_COUNTS = text(
    "select o.kind, o.is_catch_up, count(*) as objects,"
    " count(*) filter (where o.held_code is not null) as held,"
    " count(*) filter (where o.held_code is null and exists (select from practice.intakeq_arrival a"
    "   where a.token = o.number_token and a.state = 'open')) as person"
    " from practice.intakeq_object o group by o.kind, o.is_catch_up"
)
_CALLS = text(
    "select ended_at, priority from ingress.api_call where ended_at > :since order by ended_at"
)
_LIMITS = text("select per_minute, per_day from ingress.intake_state")


async def state(tx: ReadSession) -> SyncState:
    """How far the check is."""
    return (await tx.scalars(select(SyncState))).one()


async def locked_state(tx: WriteSession) -> SyncState:
    """The same, held until this unit of work ends."""
    return (await tx.scalars(select(SyncState).with_for_update())).one()


async def want(tx: WriteSession, *, at: datetime) -> None:
    """Someone asks for a check."""
    await tx.execute(text("update ingress.sync_state set wanted_at = :at"), {"at": at})


async def waiting_one(tx: WriteSession, kind: str, token: bytes) -> IntakeqObject | None:
    """The row of one object there."""
    query = select(IntakeqObject).where(IntakeqObject.kind == kind, IntakeqObject.token == token)
    return await tx.scalar(query)


async def add(tx: WriteSession, made: IntakeqObject) -> None:
    """Keep one."""
    tx.add(made)
    await tx.flush()


async def claim(tx: WriteSession, *, now: datetime, any_class: bool) -> IntakeqObject | None:
    """The object whose turn it is. Its attempt counts from here, so a crash counts too."""
    found = (await tx.execute(_CLAIM, {"now": now, "any": any_class})).scalar_one_or_none()
    return None if found is None else await tx.get(IntakeqObject, found)


async def held_again(tx: WriteSession, claimed: IntakeqObject) -> IntakeqObject | None:
    """One object, held until this unit of work ends."""
    query = select(IntakeqObject).where(IntakeqObject.id == claimed.id).with_for_update()
    return await tx.scalar(query)


async def counts(tx: ReadSession) -> Sequence[Row[Any]]:
    """How many objects of each shape wait, are held, or wait for who someone is."""
    return (await tx.execute(_COUNTS)).all()


async def total(tx: ReadSession) -> int:
    """How many objects wait, held or not."""
    return int(await tx.scalar(select(func.count()).select_from(IntakeqObject)) or 0)


async def calls_since(tx: ReadSession, since: datetime) -> Sequence[tuple[datetime, Priority]]:
    """Calls of a day with why each was made, oldest first."""
    rows = await tx.execute(_CALLS, {"since": since})
    return [(ended_at, Priority(priority)) for ended_at, priority in (tuple(row) for row in rows)]


async def limits(tx: ReadSession) -> tuple[int, int]:
    """Calls a minute and a day that IntakeQ allows."""
    row = (await tx.execute(_LIMITS)).one()
    return row.per_minute, row.per_day
