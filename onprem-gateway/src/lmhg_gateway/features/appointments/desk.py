"""Use cases of the day board: how far a visit is, where the client is, and what is left to do after it."""

import uuid

from lmhg_gateway.features.appointments import desk_repository as repository
from lmhg_gateway.features.appointments.board_rules import UNDO_FOR, Desk, may_step, where
from lmhg_gateway.features.appointments.follow_up_rules import Facts, FollowUp, follow_up
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk, VisitStep
from lmhg_gateway.features.appointments.places import check_place
from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.work_list.public import Next, of_subject, put_work
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

KIND = "appointment"


async def held_visit(tx: WriteSession, appointment_id: uuid.UUID) -> Appointment:
    """An appointment, held until this unit of work ends. Raises: NotFound."""
    appointment = await repository.held(tx, appointment_id)
    if appointment is None:
        raise NotFound("appointment")
    return appointment


async def desk_for(tx: WriteSession, appointment: Appointment) -> VisitDesk:
    """What the desk says of an appointment, made where it said nothing yet of the time it has now."""
    desk = await repository.kept_of(tx, appointment.id)
    if desk is None:
        desk = VisitDesk(appointment_id=appointment.id, said_of=appointment.starts_at)
        await repository.add(tx, desk)
    if desk.said_of != appointment.starts_at:
        desk.said_of = appointment.starts_at
        desk.state = desk.client_state = desk.followed_at = None
        desk.cancel_asked_at = desk.cancel_asked_by = desk.cancel_reason = None
    return desk


async def take_step(
    tx: WriteSession,
    appointment_id: uuid.UUID,
    wanted: Desk,
    *,
    seen: str,
    by: str,
    practice: Practice,
) -> VisitStep:
    """Say how far a visit is. A button pressed twice counts once.

    `seen` is how far it was when the person looked. Raises: NotFound, Conflict.
    """
    appointment = await held_visit(tx, appointment_id)
    desk = await desk_for(tx, appointment)
    now = where(desk.state, appointment.status)
    last = next((s for s in await repository.steps_of(tx, appointment_id) if not s.undone_at), None)
    if now is wanted and last is not None and last.stepped_by == by and last.to_state == wanted:
        return last
    if now is None or desk.cancel_asked_at is not None:
        raise Conflict("visit_canceled")
    if seen and now.value != seen:
        raise Conflict("visit_moved")
    if not may_step(now, wanted):
        raise Conflict("visit_step")
    made = VisitStep(
        appointment_id=appointment_id,
        from_state=desk.state,
        to_state=wanted.value,
        stepped_by=by,
        stepped_at=practice.clock(),
    )
    await repository.add(tx, made)
    desk.state = wanted.value
    await plan(tx, appointment, practice)
    return made


async def undo_step(
    tx: WriteSession,
    appointment_id: uuid.UUID,
    step_id: uuid.UUID,
    *,
    by: str,
    practice: Practice,
) -> None:
    """Take back one's own last step, shortly after it. Raises: NotFound, Conflict."""
    appointment = await held_visit(tx, appointment_id)
    steps = await repository.steps_of(tx, appointment_id)
    made = next((each for each in steps if each.id == step_id), None)
    if made is None:
        raise NotFound("visit_step")
    if made.undone_at is not None:
        return
    if made.stepped_by != by:
        raise Conflict("visit_step_of_other")
    at = practice.clock()
    if at - made.stepped_at > UNDO_FOR:
        raise Conflict("visit_step_late")
    desk = await desk_for(tx, appointment)
    last = next(each for each in steps if not each.undone_at)
    if last.id != step_id or desk.state != made.to_state:
        raise Conflict("visit_moved")
    made.undone_at, desk.state = at, made.from_state
    await plan(tx, appointment, practice)


async def say_where(tx: WriteSession, appointment_id: uuid.UUID, state: str) -> None:
    """Say in which state the client sits during this visit; empty where it is not known.

    Raises: NotFound, Invalid.
    """
    check_place(state)
    appointment = await held_visit(tx, appointment_id)
    (await desk_for(tx, appointment)).client_state = state or None


async def write_note(
    tx: WriteSession, appointment_id: uuid.UUID, note: str, *, before: str
) -> None:
    """Keep the office's own note of an appointment, instead of the one that the person saw.

    Raises: NotFound, Conflict where someone else wrote another one since.
    """
    appointment = await held_visit(tx, appointment_id)
    now = appointment.local_note or ""
    if now not in (before, note):
        raise Conflict("visit_changed")
    if now != note:
        appointment.local_note = note or None


async def see_to(
    tx: WriteSession, appointment_id: uuid.UUID, *, seen: int, practice: Practice
) -> None:
    """Say that a missed visit was seen to. Raises: NotFound, Conflict where someone else was first."""
    appointment = await held_visit(tx, appointment_id)
    desk = await desk_for(tx, appointment)
    if desk.followed_at is None:
        item = await of_subject(tx, KIND, appointment_id)
        if seen and (item is None or item.version != seen or item.step != FollowUp.MISSED):
            raise Conflict("visit_changed")
        desk.followed_at = practice.clock()
    await plan(tx, appointment, practice)


async def open_again(tx: WriteSession, appointment_id: uuid.UUID, *, practice: Practice) -> None:
    """Say that a missed visit still has to be seen to. Raises: NotFound."""
    appointment = await held_visit(tx, appointment_id)
    (await desk_for(tx, appointment)).followed_at = None
    await plan(tx, appointment, practice)


async def next_of(tx: ReadSession, appointment: Appointment, practice: Practice) -> Next | None:
    """What is left to do after a visit, if anything."""
    desk = await repository.desk_of(tx, appointment.id)
    facts = Facts(
        status=appointment.status,
        desk=desk.state if desk else None,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        cancel_asked_at=desk.cancel_asked_at if desk else None,
        followed_at=desk.followed_at if desk else None,
        has_later=await repository.has_later(tx, appointment),
    )
    return follow_up(facts, await hours_of(tx, practice.zone), at=practice.clock())


async def plan(tx: WriteSession, appointment: Appointment, practice: Practice) -> None:
    """Put what is left to do after a visit on the work list, or take it off."""
    await tx.flush()
    await put_work(
        tx,
        KIND,
        appointment.id,
        await next_of(tx, appointment, practice),
        client_id=appointment.client_id,
        owner_id=None,
    )


async def plan_one(tx: WriteSession, appointment_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named, held until this unit of work ends."""
    appointment = await repository.held(tx, appointment_id)
    if appointment is not None:
        await plan(tx, appointment, practice)


async def unplanned(tx: ReadSession, limit: int) -> list[uuid.UUID]:
    """Visits that should be on the work list and are not."""
    return [*await repository.not_on(tx, KIND, limit=limit)]
