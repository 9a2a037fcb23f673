"""All SQL of what was agreed and of differences."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, func, select

from lmhg_gateway.features.differences.models import IntakeqCopy, IntakeqDifference
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part, is_one_of

ALL_MAX = 500
"""Differences that one press decides."""
QUEUE_MAX = 1_000
_OPEN = IntakeqDifference.state == "open"
_ORDER = (IntakeqDifference.found_at, IntakeqDifference.id)
OPEN_COUNT: Select[int] = select(func.count()).select_from(IntakeqDifference).where(_OPEN)
_LISTED: Part[IntakeqDifference] = Part(select(IntakeqDifference).where(_OPEN).order_by(*_ORDER))
_GROUPS = (
    select(
        IntakeqDifference.kind,
        IntakeqDifference.field,
        IntakeqDifference.suggests,
        func.count().label("count"),
        func.max(IntakeqDifference.found_at).label("newest"),
    )
    .where(_OPEN)
    .group_by(IntakeqDifference.kind, IntakeqDifference.field, IntakeqDifference.suggests)
    .order_by(func.count().desc(), IntakeqDifference.kind, IntakeqDifference.field)
)


async def copy_of(tx: ReadSession, kind: str, token: bytes) -> IntakeqCopy | None:
    """What is on record of an object of IntakeQ's."""
    query = select(IntakeqCopy).where(IntakeqCopy.kind == kind, IntakeqCopy.token == token)
    return await tx.scalar(query)


async def locked_copy(tx: WriteSession, kind: str, token: bytes) -> IntakeqCopy | None:
    """The same, held until this unit of work ends."""
    query = select(IntakeqCopy).where(IntakeqCopy.kind == kind, IntakeqCopy.token == token)
    return await tx.scalar(query.with_for_update())


async def copy_by_id(tx: ReadSession, copy_id: uuid.UUID) -> IntakeqCopy | None:
    """The copy of a difference."""
    return await tx.get(IntakeqCopy, copy_id)


async def copies_by_id(tx: ReadSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The record of each of these copies: ids, and nothing about anybody."""
    query = select(IntakeqCopy.id, IntakeqCopy.record_id).where(is_one_of(IntakeqCopy.id, "ids"))
    wanted = list(set(ids))
    rows = (await tx.execute(query, {"ids": wanted})).all() if wanted else []
    return {row[0]: row[1] for row in rows}


async def copies_of_record(
    tx: ReadSession, kind: str, record_id: uuid.UUID
) -> Sequence[IntakeqCopy]:
    """Every object of IntakeQ's that is one record of ours, the newest last."""
    query = select(IntakeqCopy).where(IntakeqCopy.kind == kind, IntakeqCopy.record_id == record_id)
    return (await tx.scalars(query.order_by(IntakeqCopy.created_at, IntakeqCopy.id))).all()


async def add(tx: WriteSession, made: IntakeqCopy | IntakeqDifference) -> None:
    """Keep one."""
    tx.add(made)
    await tx.flush()


async def known(tx: WriteSession, copy_id: uuid.UUID) -> Sequence[IntakeqDifference]:
    """Differences of one record that are open or were decided, the newest first."""
    query = select(IntakeqDifference).where(
        IntakeqDifference.copy_id == copy_id, IntakeqDifference.state != "gone"
    )
    ordered = query.order_by(IntakeqDifference.found_at.desc(), IntakeqDifference.id)
    return (await tx.scalars(ordered.with_for_update())).all()


async def listed(
    tx: ReadSession, *, first: int, size: int
) -> tuple[Sequence[IntakeqDifference], int]:
    """A part of the open ones, oldest first; and how many there are."""
    return await _LISTED.read(tx, first=first, size=size)


async def queue(tx: ReadSession) -> Sequence[uuid.UUID]:
    """The open ones, in order."""
    query = select(IntakeqDifference.id).where(_OPEN).order_by(*_ORDER).limit(QUEUE_MAX)
    return (await tx.scalars(query)).all()


async def groups(tx: ReadSession) -> Sequence[Row[str, str, str, int, datetime]]:
    """How many open ones are alike (the same field, the same suggestion), and the newest's time."""
    return (await tx.execute(_GROUPS)).all()


async def by_id(tx: ReadSession, difference_id: uuid.UUID) -> IntakeqDifference | None:
    """One difference."""
    return await tx.get(IntakeqDifference, difference_id)


async def locked(tx: WriteSession, difference_id: uuid.UUID) -> IntakeqDifference | None:
    """One difference, held until this unit of work ends."""
    query = select(IntakeqDifference).where(IntakeqDifference.id == difference_id)
    return await tx.scalar(query.with_for_update())


async def alike(
    tx: WriteSession, *, kind: str, field: str, suggests: str, newest: datetime
) -> Sequence[IntakeqDifference]:
    """Open ones of one field with one suggestion that were found by then, the oldest first, held."""
    query = select(IntakeqDifference).where(
        _OPEN,
        IntakeqDifference.kind == kind,
        IntakeqDifference.field == field,
        IntakeqDifference.suggests == suggests,
        IntakeqDifference.found_at <= newest,
    )
    return (await tx.scalars(query.order_by(*_ORDER).with_for_update())).all()


async def of_batch(tx: WriteSession, batch: uuid.UUID) -> Sequence[IntakeqDifference]:
    """Those that one press decided, held."""
    query = select(IntakeqDifference).where(IntakeqDifference.batch == batch)
    return (await tx.scalars(query.order_by(*_ORDER).limit(ALL_MAX).with_for_update())).all()
