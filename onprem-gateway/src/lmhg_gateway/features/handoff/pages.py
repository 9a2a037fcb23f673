"""The page of the handoff."""

import uuid
from datetime import timedelta
from typing import Any

from lmhg_gateway.features.handoff import service
from lmhg_gateway.features.handoff.forms import NoteForm
from lmhg_gateway.features.work_list.public import sources_for
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.http.door import day_in
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/handoff"


@shows(PATH, "handoff.read", template="handoff/handoff.html", purpose="handoff", form=NoteForm)
async def handoff(tx: ReadSession, ask: Ask[NoteForm]) -> Context:
    """One day as the next shift takes it over."""
    today = ask.practice.today()
    day = min(day_in(ask.query.get("day", "")) or today, today)
    sources = sources_for(FEATURES.of(ask.request).contributions(WorkSource), ask.may)
    found = await service.read_handoff(
        tx, day, sources, person_id=ask.by, practice=ask.practice, may=ask.may
    )
    return {
        "shift": found,
        "day": day,
        "is_today": day == today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
    }


@acts(PATH, "handoff.write", purpose="handoff.note", form=NoteForm, back=handoff)
async def leave_note(tx: WriteSession, ask: Ask[NoteForm], data: NoteForm) -> Done:
    """Leave a note for the next shift."""
    await service.leave_note(tx, data, by=ask.by, at=ask.at, today=ask.practice.today())
    return Done(PATH, "handoff.left")


@acts(f"{PATH}/{{note_id:uuid}}/read", "handoff.write", purpose="handoff.read", back=handoff)
async def read_note(tx: WriteSession, ask: Ask[Any], note_id: uuid.UUID) -> Done:
    """Say that one has read a note."""
    note = await service.mark_read(tx, note_id, by=ask.by)
    return Done(f"{PATH}?day={note.day.isoformat()}", "handoff.read")
