"""All SQL of absences."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from lmhg_gateway.features.absences.models import Absence, AbsenceCover, AbsenceMove
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

SPANS_MAX, COVERS_MAX, MOVES_MAX = 500, 5000, 5000
NOW, OVER, CANCELED = "now", "over", "canceled"
_COUNTS = Absence.canceled_at.is_(None)


async def listed(
    tx: ReadSession, *, which: str, today: date, first: int, size: int
) -> tuple[Sequence[Absence], int]:
    """A part of the absences: those now and to come, earliest first; those over, newest first."""
    is_over = Absence.last_on < today
    chosen: dict[str, ColumnElement[bool]] = {
        NOW: _COUNTS & or_(Absence.last_on.is_(None), Absence.last_on >= today),
        OVER: _COUNTS & is_over,
        CANCELED: Absence.canceled_at.is_not(None),
    }
    order: Any = Absence.first_on if which == NOW else Absence.first_on.desc()
    query = select(Absence).where(chosen[which]).order_by(order, Absence.id)
    return await part_of(tx, query, first=first, size=size)


async def between(tx: ReadSession, first: date, last: date | None) -> Sequence[Absence]:
    """Every absence that touches these days, earliest first; without a last day all from the first on."""
    query = select(Absence).where(_COUNTS, or_(Absence.last_on.is_(None), Absence.last_on >= first))
    if last is not None:
        query = query.where(Absence.first_on <= last)
    return (await tx.scalars(query.order_by(Absence.first_on, Absence.id).limit(SPANS_MAX))).all()


async def by_id(tx: ReadSession, absence_id: uuid.UUID) -> Absence | None:
    """One absence."""
    return await tx.scalar(select(Absence).where(Absence.id == absence_id))


async def locked(tx: WriteSession, absence_id: uuid.UUID) -> Absence | None:
    """One absence, held until this unit of work ends."""
    return await tx.scalar(select(Absence).where(Absence.id == absence_id).with_for_update())


async def add(tx: WriteSession, row: Absence | AbsenceMove) -> None:
    """Keep an absence, or that a row moved."""
    tx.sync_session.add(row)
    await tx.flush()


async def add_cover(tx: WriteSession, row: AbsenceCover) -> None:
    """Keep who covers for a client; it stays in the office."""
    tx.add(row)
    await tx.flush()


async def covers_of(tx: ReadSession, absences: Sequence[uuid.UUID]) -> Sequence[AbsenceCover]:
    """Who covers in these absences, oldest first, without what was undone."""
    query = select(AbsenceCover).where(
        AbsenceCover.absence_id.in_(list(absences)), AbsenceCover.undone_at.is_(None)
    )
    ordered = query.order_by(AbsenceCover.set_at, AbsenceCover.id)
    return (await tx.scalars(ordered.limit(COVERS_MAX))).all()


async def covers_of_act(tx: WriteSession, act_id: uuid.UUID) -> Sequence[AbsenceCover]:
    """What was said in one go and not undone, held until this unit of work ends."""
    query = select(AbsenceCover).where(
        AbsenceCover.act_id == act_id, AbsenceCover.undone_at.is_(None)
    )
    return (await tx.scalars(query.limit(COVERS_MAX).with_for_update())).all()


async def moves_of(tx: ReadSession, cover_rows: Sequence[uuid.UUID]) -> Sequence[AbsenceMove]:
    """What moved with these."""
    query = select(AbsenceMove).where(AbsenceMove.cover_row_id.in_(list(cover_rows)))
    return (await tx.scalars(query.limit(MOVES_MAX))).all()


async def covers_of_client(
    tx: ReadSession, client_id: uuid.UUID
) -> Sequence[tuple[AbsenceCover, Absence]]:
    """Who covers for a client in absences that were not canceled, newest first."""
    found = await tx.execute(_COVERS, {"client_id": client_id})
    return [(row[0], row[1]) for row in found.all()]


_COVERS = (
    select(AbsenceCover, Absence)
    .join(Absence, Absence.id == AbsenceCover.absence_id)
    .where(
        AbsenceCover.client_id == bindparam("client_id"), AbsenceCover.undone_at.is_(None), _COUNTS
    )
    .order_by(AbsenceCover.set_at.desc(), AbsenceCover.id)
    .limit(50)
)
