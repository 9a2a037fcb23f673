"""The day board for programs: how far each visit is, what overlaps, and the steps."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.appointments import cancel as canceling
from lmhg_gateway.features.appointments import desk
from lmhg_gateway.features.appointments.board import BoardRow, points_of, read_board
from lmhg_gateway.features.appointments.board_pages import PlaceForm, StepForm
from lmhg_gateway.features.appointments.board_rules import Desk
from lmhg_gateway.features.appointments.cancel import CancelForm
from lmhg_gateway.features.appointments.visit import read_visit
from lmhg_gateway.features.appointments.visit_pages import NOTE_MAX
from lmhg_gateway.web.cancel_points import CancelEffect
from lmhg_kit.http.door import check_day
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

ONE = "/api/v1/appointments/{appointment_id:uuid}"


class VisitOut(msgspec.Struct, frozen=True, kw_only=True):
    """One visit on the board.

    `stand` is expected, late, arrived, in_session, done, missed, unmarked (it is over and no one said how
    it went) or gone (it does not take place). `steps` are the steps that may come next.
    """

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    clinician_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime
    stand: str
    steps: list[str]
    overlaps: int
    license_warning: str
    note: str


class BoardOut(msgspec.Struct, frozen=True, kw_only=True):
    """The visits of one day, earliest first; of more than 300 the first."""

    day: date
    visits: list[VisitOut]


class StepOut(msgspec.Struct, frozen=True, kw_only=True):
    """The step that was taken, by which it is taken back, and how far the visit is now."""

    step_id: uuid.UUID
    visit: VisitOut


class NoteIn(msgspec.Struct, frozen=True, kw_only=True):
    """The office's note of an appointment, and the one that it replaces."""

    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)]
    before: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)]


class UncanceledOut(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment that takes place after all."""

    visit: VisitOut
    is_maybe_canceled_there: bool
    """IntakeQ may have been told already: someone has to look there."""


class EffectOut(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that follows from canceling; `is_left` where someone still has to do it."""

    sentence: str
    is_left: bool


class EffectsOut(msgspec.Struct, frozen=True, kw_only=True):
    """What follows when an appointment is canceled."""

    effects: list[EffectOut]


def _out(row: BoardRow) -> VisitOut:
    return VisitOut(
        id=row.id,
        client_id=row.client_id,
        client=row.client,
        clinician_id=row.clinician_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        stand=row.code,
        steps=[each.to for each in row.presses],
        overlaps=len(row.overlap),
        license_warning=row.license,
        note=row.note,
    )


async def _visit(tx: ReadSession, ask: Ask[Any], appointment_id: uuid.UUID) -> VisitOut:
    return _out((await read_visit(tx, appointment_id, ask.practice, points_of(ask.request))).row)


def _points(ask: Ask[Any]) -> list[CancelEffect]:
    return [*FEATURES.of(ask.request).contributions(CancelEffect)]


@answers(
    "/api/v1/appointments/board",
    "appointments.read",
    purpose="appointments.board",
    tag="appointments",
)
async def get_board(tx: ReadSession, ask: Ask[Any], day: FromQuery[date | None] = None) -> BoardOut:
    """The day board, of today unless another day is named."""
    wanted = day or ask.practice.today()
    check_day(wanted)
    found = await read_board(tx, wanted, ask.practice, points_of(ask.request))
    return BoardOut(day=wanted, visits=[_out(each) for each in found.rows])


@answers(ONE, "appointments.read", purpose="appointments.one", tag="appointments")
async def get_visit(
    tx: ReadSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID]
) -> VisitOut:
    """One visit."""
    return await _visit(tx, ask, appointment_id)


@does(f"{ONE}/steps", "appointments.write", purpose="visit.step", tag="appointments")
async def take_step(
    tx: WriteSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID], data: JSONBody[StepForm]
) -> StepOut:
    """Say how far a visit is. The same step twice counts once."""
    made = await desk.take_step(
        tx, appointment_id, Desk(data.state), seen=data.seen, by=ask.by, practice=ask.practice
    )
    return StepOut(step_id=made.id, visit=await _visit(tx, ask, appointment_id))


@does(
    f"{ONE}/steps/{{step_id:uuid}}",
    "appointments.write",
    purpose="visit.undo",
    tag="appointments",
    method="DELETE",
)
async def undo_step(
    tx: WriteSession,
    ask: Ask[Any],
    appointment_id: FromPath[uuid.UUID],
    step_id: FromPath[uuid.UUID],
) -> VisitOut:
    """Take back one's own last step, within ten minutes."""
    await desk.undo_step(tx, appointment_id, step_id, by=ask.by, practice=ask.practice)
    return await _visit(tx, ask, appointment_id)


@does(f"{ONE}/place", "appointments.write", purpose="visit.place", tag="appointments", method="PUT")
async def put_place(
    tx: WriteSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID], data: JSONBody[PlaceForm]
) -> VisitOut:
    """Say in which state the client sits during this visit."""
    await desk.say_where(tx, appointment_id, data.place)
    return await _visit(tx, ask, appointment_id)


@does(f"{ONE}/note", "appointments.write", purpose="visit.note", tag="appointments", method="PUT")
async def put_note(
    tx: WriteSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID], data: JSONBody[NoteIn]
) -> VisitOut:
    """Keep the office's note. 409 where another one was written since."""
    await desk.write_note(tx, appointment_id, data.note, before=data.before)
    return await _visit(tx, ask, appointment_id)


@answers(f"{ONE}/cancel", "appointments.write", purpose="appointments.cancel", tag="appointments")
async def get_effects(
    tx: ReadSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID]
) -> EffectsOut:
    """What follows when it is canceled, before it is."""
    await _visit(tx, ask, appointment_id)
    found = await canceling.effects_of(tx, appointment_id, _points(ask))
    return EffectsOut(
        effects=[EffectOut(sentence=each.sentence, is_left=each.is_left) for each in found]
    )


@does(f"{ONE}/cancel", "appointments.write", purpose="visit.cancel", tag="appointments")
async def cancel(
    tx: WriteSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID], data: JSONBody[CancelForm]
) -> VisitOut:
    """Cancel it here, with all that follows. A second time changes nothing."""
    await canceling.cancel(tx, appointment_id, data, _points(ask), by=ask.by, practice=ask.practice)
    return await _visit(tx, ask, appointment_id)


@does(
    f"{ONE}/cancel",
    "appointments.write",
    purpose="visit.uncancel",
    tag="appointments",
    method="DELETE",
)
async def uncancel(
    tx: WriteSession, ask: Ask[Any], appointment_id: FromPath[uuid.UUID]
) -> UncanceledOut:
    """It takes place after all. 409 where IntakeQ canceled it too."""
    late = await canceling.uncancel(tx, appointment_id, _points(ask), practice=ask.practice)
    visit = await _visit(tx, ask, appointment_id)
    return UncanceledOut(visit=visit, is_maybe_canceled_there=late)


HANDLERS = (
    get_board,
    get_visit,
    take_step,
    undo_step,
    put_place,
    put_note,
    get_effects,
    cancel,
    uncancel,
)
