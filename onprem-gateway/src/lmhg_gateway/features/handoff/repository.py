"""All SQL of the handoff."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.handoff.models import ShiftNote, ShiftRead
from lmhg_kit.persistence import ReadSession, WriteSession

NOTES_MAX = 50


async def notes_of(tx: ReadSession, day: date) -> Sequence[ShiftNote]:
    """What was left on a day, newest first."""
    query = select(ShiftNote).where(ShiftNote.day == day).order_by(ShiftNote.written_at.desc())
    return (await tx.scalars(query.limit(NOTES_MAX))).all()


async def by_id(tx: ReadSession, note_id: uuid.UUID) -> ShiftNote | None:
    """One note."""
    return await tx.get(ShiftNote, note_id)


async def readers(tx: ReadSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Who has read these notes, first reader first."""
    query = select(ShiftRead.note_id, ShiftRead.reader_id).where(ShiftRead.note_id.in_(list(ids)))
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in (await tx.execute(query.order_by(ShiftRead.read_at))).all():
        found.setdefault(row.note_id, []).append(row.reader_id)
    return found


async def add(tx: WriteSession, note: ShiftNote) -> None:
    """Keep a note; it stays in the office."""
    tx.add(note)
    await tx.flush()


async def mark_read(tx: WriteSession, note_id: uuid.UUID, reader_id: uuid.UUID) -> None:
    """Note that someone has read it; a second time changes nothing."""
    row = insert(ShiftRead).values(note_id=note_id, reader_id=reader_id)
    await tx.execute(row.on_conflict_do_nothing())
