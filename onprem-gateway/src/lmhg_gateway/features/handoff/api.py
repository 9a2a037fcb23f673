"""The handoff for programs."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.handoff import service
from lmhg_gateway.features.handoff.forms import NoteForm
from lmhg_gateway.features.handoff.service import Touched
from lmhg_gateway.features.work_list.public import sources_for
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.http.door import FIRST_DAY
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/handoff"


class TouchedOut(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that someone did with a client, or a program."""

    at: datetime
    client: str
    what: str
    who: str


class ShiftNoteOut(msgspec.Struct, frozen=True, kw_only=True):
    """A note for the next shift."""

    id: uuid.UUID
    at: datetime
    who: str
    note: str
    read_by: list[str]


class HandoffOut(msgspec.Struct, frozen=True, kw_only=True):
    """A day as the next shift takes it over; `promised` and `urgent` name clients."""

    day: date
    touched: list[TouchedOut]
    by_system: list[TouchedOut]
    """What programs did by themselves."""
    promised: list[str]
    urgent: list[str]
    notes: list[ShiftNoteOut]


async def _out(tx: ReadSession, ask: Ask[Any], day: date) -> HandoffOut:
    sources = sources_for(FEATURES.of(ask.request).contributions(WorkSource), ask.may)
    found = await service.read_handoff(
        tx, day, sources, person_id=ask.by, practice=ask.practice, may=ask.may
    )
    return HandoffOut(
        day=day,
        touched=_touched(found.touched),
        by_system=_touched(found.by_system),
        promised=[each.name for each in found.promised],
        urgent=[each.name for each in found.urgent],
        notes=[
            ShiftNoteOut(id=each.id, at=each.at, who=each.who, note=each.text, read_by=each.readers)
            for each in found.notes
        ],
    )


def _touched(found: list[Touched]) -> list[TouchedOut]:
    return [
        TouchedOut(at=each.at, client=each.name, what=each.said, who=each.who) for each in found
    ]


@answers(PATH, "handoff.read", purpose="handoff", tag="handoff")
async def read_handoff(
    tx: ReadSession, ask: Ask[Any], day: FromQuery[date | None] = None
) -> HandoffOut:
    """What was done on a day, what is promised, what is urgent, and the notes; today by default."""
    today = ask.practice.today()
    return await _out(tx, ask, max(FIRST_DAY, min(day or today, today)))


@does(PATH, "handoff.write", purpose="handoff.note", tag="handoff", status=201)
async def add_shift_note(tx: WriteSession, ask: Ask[Any], data: JSONBody[NoteForm]) -> HandoffOut:
    """Leave a note for the next shift."""
    today = ask.practice.today()
    await service.leave_note(tx, data, by=ask.by, at=ask.at, today=today)
    return await _out(tx, ask, today)


@does(f"{PATH}/{{note_id:uuid}}/read", "handoff.write", purpose="handoff.read", tag="handoff")
async def mark_shift_note(
    tx: WriteSession, ask: Ask[Any], note_id: FromPath[uuid.UUID]
) -> HandoffOut:
    """Say that one has read a note."""
    note = await service.mark_read(tx, note_id, by=ask.by)
    return await _out(tx, ask, note.day)


HANDLERS = (read_handoff, add_shift_note, mark_shift_note)
