"""The page of one appointment: what IntakeQ says, what the desk says, the office's note, and canceling it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request

from lmhg_gateway.features.appointments import cancel as canceling
from lmhg_gateway.features.appointments import desk, repository
from lmhg_gateway.features.appointments.board import points_of
from lmhg_gateway.features.appointments.board_pages import LISTS, ONE, PlaceForm, whose
from lmhg_gateway.features.appointments.cancel import CancelForm
from lmhg_gateway.features.appointments.cancel_rules import REASONS, CancelReason
from lmhg_gateway.features.appointments.places import PLACES
from lmhg_gateway.features.appointments.visit import Visit, read_visit
from lmhg_gateway.features.work_list.public import back_to
from lmhg_gateway.web.cancel_points import CancelEffect
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import Form, opened
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

NOTE_MAX = 2000


class NoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """The office's own note of an appointment."""

    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""
    version: int


async def _visit(tx: ReadSession, ask: Ask[Any], appointment_id: uuid.UUID) -> Visit:
    return await read_visit(tx, appointment_id, ask.practice, points_of(ask.request))


@shows(
    ONE,
    "appointments.read",
    template="appointments/visit.html",
    purpose="appointments.one",
    form=NoteForm,
)
async def visit_page(tx: ReadSession, ask: Ask[NoteForm], appointment_id: uuid.UUID) -> Context:
    """One appointment with its steps and the office's note."""
    found = await _visit(tx, ask, appointment_id)
    form = ask.form
    if not form.values.get("note") and form.seen is None:
        form = opened(NoteForm, {"note": found.row.note}, version=found.version)
    return {
        "form": form,
        "visit": found,
        "row": found.row,
        "place_form": Form[PlaceForm](values={"place": found.place}),
        "places": [("", "Not known"), *PLACES.items()],
    }


async def _note_now(tx: ReadSession, appointment_id: uuid.UUID) -> tuple[Mapping[str, Any], int]:
    found = await repository.by_id(tx, appointment_id)
    if found is None:
        raise NotFound("appointment")
    return {"note": found.local_note or ""}, found.version


@acts(
    f"{ONE}/note",
    "appointments.write",
    purpose="visit.note",
    form=NoteForm,
    back=visit_page,
    now=_note_now,
)
async def write_note(
    tx: WriteSession, ask: Ask[NoteForm], data: NoteForm, appointment_id: uuid.UUID
) -> Done:
    """Keep the office's note."""
    before = ask.form.base.get("note", "")
    await desk.write_note(tx, appointment_id, data.note, before=before)
    return Done(
        f"/appointments/{appointment_id}", "visit.note", about=await whose(tx, appointment_id)
    )


def _points(request: Request[Any, Any, Any]) -> Sequence[CancelEffect]:
    return FEATURES.of(request).contributions(CancelEffect)


@shows(
    f"{ONE}/cancel",
    "appointments.write",
    template="appointments/cancel.html",
    purpose="appointments.cancel",
    form=CancelForm,
)
async def cancel_page(tx: ReadSession, ask: Ask[CancelForm], appointment_id: uuid.UUID) -> Context:
    """What follows when this appointment is canceled, before it is."""
    found = await _visit(tx, ask, appointment_id)
    effects = await canceling.effects_of(tx, appointment_id, _points(ask.request))
    return {
        "visit": found,
        "row": found.row,
        "own": [each for each in effects if not each.is_left],
        "left": [each for each in effects if each.is_left],
        "reasons": [(each.value, REASONS[each]) for each in CancelReason],
    }


@acts(
    f"{ONE}/cancel",
    "appointments.write",
    purpose="visit.cancel",
    form=CancelForm,
    back=cancel_page,
)
async def cancel(
    tx: WriteSession, ask: Ask[CancelForm], data: CancelForm, appointment_id: uuid.UUID
) -> Done:
    """Cancel it here, with all that follows."""
    points = _points(ask.request)
    await canceling.cancel(tx, appointment_id, data, points, by=ask.by, practice=ask.practice)
    own = f"/appointments/{appointment_id}"
    return Done(own, "visit.canceled", undo=f"{own}/cancel/undo")


@acts(f"{ONE}/cancel/undo", "appointments.write", purpose="visit.uncancel", back=visit_page)
async def uncancel(tx: WriteSession, ask: Ask[Any], appointment_id: uuid.UUID) -> Done:
    """It takes place after all."""
    points = _points(ask.request)
    is_late = await canceling.uncancel(tx, appointment_id, points, practice=ask.practice)
    own = f"/appointments/{appointment_id}"
    said = "visit.uncanceled_late" if is_late else "visit.uncanceled"
    return Done(back_to(ask.request, own, lists=LISTS), said)


PAGES = (visit_page, write_note, cancel_page, cancel, uncancel)
