"""Canceling an appointment here: what follows is listed first, then done; what is left goes on the work list."""

import uuid
from collections.abc import Sequence
from typing import Annotated

import msgspec

from lmhg_gateway.features.appointments.cancel_rules import CancelReason
from lmhg_gateway.features.appointments.desk import desk_for, held_visit, plan
from lmhg_gateway.features.appointments.rules import NOT_TAKEN
from lmhg_gateway.features.appointments.service import show_taken
from lmhg_gateway.features.calendar.public import block_of
from lmhg_gateway.features.clients.public import with_ids
from lmhg_gateway.features.work_list.public import plan_again
from lmhg_gateway.web.cancel_points import CancelEffect, Effect
from lmhg_kit.errors import Conflict
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

_SEEN = msgspec.Meta(ge=0)


class CancelForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why an appointment is canceled, and which version of it the person saw."""

    reason: CancelReason
    seen: Annotated[int, _SEEN] = 0


async def effects_of(
    tx: ReadSession, appointment_id: uuid.UUID, points: Sequence[CancelEffect]
) -> list[Effect]:
    """What follows when an appointment is canceled: first what happens on its own, then what is left."""
    found = [Effect("The day board and the week show it as canceled.")]
    if await block_of(tx, appointment_id):
        found.append(Effect("The calendar on the portal shows this time as free."))
    found += [
        Effect(
            "Cancel it in IntakeQ. It stays on the work list until IntakeQ says so.", is_left=True
        ),
        Effect("Tell the client, in a way that is safe for them.", is_left=True),
        Effect("Tell the clinician.", is_left=True),
    ]
    for point in points:
        found += await point.find(tx, appointment_id)
    return sorted(found, key=lambda each: each.is_left)


async def cancel(
    tx: WriteSession,
    appointment_id: uuid.UUID,
    form: CancelForm,
    points: Sequence[CancelEffect],
    *,
    by: str,
    practice: Practice,
) -> None:
    """Cancel an appointment here. A button pressed twice counts once. Raises: NotFound, Conflict."""
    appointment = await held_visit(tx, appointment_id)
    desk = await desk_for(tx, appointment)
    if desk.cancel_asked_at is not None:
        return
    if appointment.status in NOT_TAKEN:
        raise Conflict("visit_canceled")
    if form.seen and appointment.version != form.seen:
        raise Conflict("visit_changed")
    desk.cancel_asked_at = practice.clock()
    desk.cancel_asked_by = by
    desk.cancel_reason = form.reason.value
    await tx.flush()
    await _show(tx, appointment_id)
    for point in points:
        await point.act(tx, appointment_id, practice)
    await plan(tx, appointment, practice)


async def uncancel(
    tx: WriteSession,
    appointment_id: uuid.UUID,
    points: Sequence[CancelEffect],
    *,
    practice: Practice,
) -> bool:
    """Say that it takes place after all; whether IntakeQ may have canceled it already.

    Raises: NotFound, Conflict where it is known that IntakeQ canceled it too.
    """
    appointment = await held_visit(tx, appointment_id)
    desk = await desk_for(tx, appointment)
    if desk.cancel_asked_at is None:
        return False
    if appointment.status in NOT_TAKEN:
        raise Conflict("visit_canceled")
    desk.cancel_asked_at = desk.cancel_asked_by = desk.cancel_reason = None
    await tx.flush()
    await _show(tx, appointment_id)
    late = [await point.undo(tx, appointment_id, practice) for point in points]
    await plan(tx, appointment, practice)
    return any(late)


async def _show(tx: WriteSession, appointment_id: uuid.UUID) -> None:
    appointment = await held_visit(tx, appointment_id)
    clients = await with_ids(tx, [appointment.client_id])
    await plan_again(tx, client_id=appointment.client_id)
    await show_taken(tx, appointment, part2=any(each.part2 for each in clients))
