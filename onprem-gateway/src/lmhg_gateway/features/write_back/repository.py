"""All SQL of changes in IntakeQ."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, bindparam, exists, or_, select, text

from lmhg_gateway.features.deliveries.public import RETRY
from lmhg_gateway.features.write_back.models import IntakeqChange
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part

_CLAIM = text(
    "with next as materialized (select id, was_called from practice.intakeq_change"  # noqa: S608 - our numbers
    "  where state = 'waiting' and due_at <= :now"
    "  order by due_at, id limit 1 for update skip locked)"
    " update practice.intakeq_change c set attempts = c.attempts + 1, was_called = true,"
    f" due_at = :now + {RETRY.in_sql('c.attempts')}"
    " from next where c.id = next.id returning c.id, next.was_called"
).bindparams(bindparam("now", type_=DateTime(timezone=True)))
_LISTED: Part[IntakeqChange] = Part(
    select(IntakeqChange).order_by(IntakeqChange.asked_at.desc(), IntakeqChange.id)
)


async def claim(tx: WriteSession, *, now: datetime) -> tuple[IntakeqChange, bool] | None:
    """The change whose turn it is, and whether an earlier try may have reached IntakeQ.

    That one tries now is written before the call, so a process that ends in between is known to have tried.
    """
    found = (await tx.execute(_CLAIM, {"now": now})).one_or_none()
    if found is None:
        return None
    row = await tx.get(IntakeqChange, found.id)
    return (row, bool(found.was_called)) if row is not None else None


async def locked(tx: WriteSession, change_id: uuid.UUID) -> IntakeqChange | None:
    """One change, held until this unit of work ends."""
    query = select(IntakeqChange).where(IntakeqChange.id == change_id).with_for_update()
    return await tx.scalar(query.execution_options(populate_existing=True))


async def by_id(tx: ReadSession, change_id: uuid.UUID) -> IntakeqChange | None:
    """One change."""
    return await tx.get(IntakeqChange, change_id)


async def waiting_one(tx: WriteSession, act: str, subject_id: uuid.UUID) -> IntakeqChange | None:
    """The change of one thing that waits."""
    query = select(IntakeqChange).where(
        IntakeqChange.act == act,
        IntakeqChange.subject_id == subject_id,
        IntakeqChange.state == "waiting",
    )
    return await tx.scalar(query.with_for_update())


async def was_called(tx: ReadSession, act: str, subject_id: uuid.UUID) -> bool:
    """Whether a call of any change of this one thing may have reached IntakeQ."""
    found = exists().where(
        IntakeqChange.act == act,
        IntakeqChange.subject_id == subject_id,
        IntakeqChange.was_called.is_(True),
    )
    return bool(await tx.scalar(select(found)))


async def booking_since(tx: ReadSession, client_id: uuid.UUID, since: datetime) -> bool:
    """Whether a visit of a client was asked for since a moment that IntakeQ has, or may get."""
    found = exists().where(
        IntakeqChange.act == "book",
        IntakeqChange.client_id == client_id,
        IntakeqChange.asked_at >= since,
        or_(IntakeqChange.state.in_(("waiting", "done")), IntakeqChange.was_called.is_(True)),
    )
    return bool(await tx.scalar(select(found)))


async def add(tx: WriteSession, change: IntakeqChange) -> None:
    """Keep one."""
    tx.add(change)
    await tx.flush()


async def listed(tx: ReadSession, *, first: int, size: int) -> tuple[Sequence[IntakeqChange], int]:
    """A part of all changes, newest first; and how many there are."""
    return await _LISTED.read(tx, first=first, size=size)
