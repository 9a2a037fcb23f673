"""Use cases of the handoff: what was touched, what is promised, what is urgent, and a note."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.contacts.public import ContactAttempt, between, result_words
from lmhg_gateway.features.handoff import repository
from lmhg_gateway.features.handoff.forms import NoteForm
from lmhg_gateway.features.handoff.models import ShiftNote
from lmhg_gateway.features.referrals.public import Moved, moved_between
from lmhg_gateway.features.staff.public import is_person, staff_names, who_words
from lmhg_gateway.features.work_list.public import WorkRow, read_promised
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.errors import Forbidden, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

TOUCHED_MAX = 200
BY_SYSTEM_MAX = 100
"""Acts of programs on the page of a day, beside those of people."""


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that someone, or a program, did with a person on a day."""

    at: datetime
    name: str
    href: str
    said: str
    who: str
    is_by_system: bool


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note that was left, and who has read it."""

    id: uuid.UUID
    at: datetime
    who: str
    text: str
    readers: list[str]
    is_read: bool
    is_own: bool


class Handoff(msgspec.Struct, frozen=True, kw_only=True):
    """A day as the next shift takes it over."""

    touched: list[Touched]
    by_system: list[Touched]
    promised: list[WorkRow]
    urgent: list[WorkRow]
    notes: list[Note]


async def read_handoff(
    tx: ReadSession,
    day: date,
    sources: Mapping[str, WorkSource],
    *,
    person_id: str,
    practice: Practice,
    may: Callable[[str], bool],
) -> Handoff:
    """What was done on a day, what is promised next, what is urgent, and what was left as a note."""
    begins, ends = practice.bounds(day)
    staff, tries, moves, own_moves, notes = await tx.together(
        staff_names(tx),
        between(tx, begins, ends, limit=TOUCHED_MAX),
        moved_between(tx, begins, ends, limit=TOUCHED_MAX),
        moved_between(tx, begins, ends, by_programs=True, limit=BY_SYSTEM_MAX),
        repository.notes_of(tx, day),
    )
    promised, urgent = await read_promised(tx, sources, practice=practice)
    touched = await _touched(
        tx,
        tries if may("contacts.read") else [],
        [*moves, *own_moves] if may("referrals.read") else [],
        staff,
    )
    return Handoff(
        touched=[each for each in touched if not each.is_by_system][:TOUCHED_MAX],
        by_system=[each for each in touched if each.is_by_system][:BY_SYSTEM_MAX],
        promised=promised,
        urgent=urgent,
        notes=await _notes(tx, notes, staff, person_id),
    )


async def _touched(
    tx: ReadSession,
    tries: Sequence[ContactAttempt],
    moves: Sequence[Moved],
    staff: Mapping[str, str],
) -> list[Touched]:
    names = await names_of(
        tx, [*(each.client_id for each in tries), *(each.client_id for each in moves)]
    )
    found = [
        Touched(
            at=each.tried_at,
            name=names.get(each.client_id, ""),
            href=f"/referrals/{each.referral_id}"
            if each.referral_id
            else f"/clients/{each.client_id}",
            said=result_words(each.channel, each.result),
            who=who_words(each.tried_by, staff),
            is_by_system=not is_person(each.tried_by),
        )
        for each in tries
    ]
    found += [
        Touched(
            at=each.at,
            name=names.get(each.client_id, ""),
            href=f"/referrals/{each.referral_id}",
            said=each.said,
            who=who_words(each.by, staff),
            is_by_system=not is_person(each.by),
        )
        for each in moves
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


async def _notes(
    tx: ReadSession, notes: Sequence[ShiftNote], staff: Mapping[str, str], person_id: str
) -> list[Note]:
    read = await repository.readers(tx, [each.id for each in notes]) if notes else {}
    return [
        Note(
            id=each.id,
            at=each.written_at,
            who=who_words(each.written_by, staff),
            text=each.note or "",
            readers=[who_words(str(one), staff) for one in read.get(each.id, [])],
            is_read=person_id in {str(one) for one in read.get(each.id, [])},
            is_own=each.written_by == person_id,
        )
        for each in notes
    ]


async def leave_note(
    tx: WriteSession, form: NoteForm, *, by: str, at: datetime, today: date
) -> ShiftNote:
    """Leave a note for the next shift."""
    made = ShiftNote(day=today, written_by=by, written_at=at)
    made.note = form.note
    await repository.add(tx, made)
    return made


async def mark_read(tx: WriteSession, note_id: uuid.UUID, *, by: str) -> ShiftNote:
    """Say that one has read a note. Raises: NotFound, Forbidden."""
    note = await repository.by_id(tx, note_id)
    if note is None:
        raise NotFound("shift_note")
    try:
        reader_id = uuid.UUID(by)
    except ValueError:
        raise Forbidden from None
    await repository.mark_read(tx, note_id, reader_id)
    return note
