"""Use cases of changes in IntakeQ, as a person asks for them."""

import uuid
from datetime import datetime

import msgspec

from lmhg_gateway.features.appointments.public import appointment_by_id
from lmhg_gateway.features.clients.public import with_ids
from lmhg_gateway.features.write_back import repository
from lmhg_gateway.features.write_back.models import IntakeqChange
from lmhg_gateway.features.write_back.rules import Order
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession


async def ask(
    tx: WriteSession,
    act: str,
    subject_id: uuid.UUID,
    order: Order,
    *,
    is_on: bool,
    by: str,
    at: datetime,
) -> IntakeqChange:
    """Have something changed in IntakeQ; asked twice, it is one change. Raises: NotFound, Conflict."""
    if not is_on:
        raise Conflict("write_back_off")
    client_id = subject_id
    if act in {"move", "cancel"}:
        appointment = await appointment_by_id(tx, subject_id)
        if appointment is None:
            raise NotFound("appointment")
        client_id = appointment.client_id
    clients = await with_ids(tx, [client_id])
    if not clients:
        raise NotFound("client")
    if clients[0].merged_into is not None:
        raise Conflict("client_merged")
    said = msgspec.json.encode(order).decode()
    waits = await repository.waiting_one(tx, act, subject_id)
    if waits is not None:
        if waits.order != said:
            raise Conflict("change_waits")
        waits.unwanted_at = None
        return waits
    made = IntakeqChange(
        act=act, subject_id=subject_id, client_id=client_id, asked_by=by, asked_at=at, due_at=at
    )
    # What an earlier one did is looked for first, even if that one ended without an answer.
    made.was_called = await repository.was_called(tx, act, subject_id)
    made.order = said
    await repository.add(tx, made)
    return made


async def take_back(tx: WriteSession, change_id: uuid.UUID, *, at: datetime) -> IntakeqChange:
    """Do not send it; one that may have been sent is not tried again. Raises: NotFound, Conflict."""
    row = await _held(tx, change_id)
    if row.state != "waiting":
        raise Conflict("change_sent")
    if row.was_called:
        row.unwanted_at = at
    else:
        row.state, row.done_at = "taken_back", at
    return row


async def keep_from_canceling(tx: WriteSession, appointment_id: uuid.UUID, *, at: datetime) -> bool:
    """Do not cancel it there after all; whether IntakeQ may have canceled it already."""
    waits = await repository.waiting_one(tx, "cancel", appointment_id)
    if waits is not None:
        await take_back(tx, waits.id, at=at)
    return await repository.was_called(tx, "cancel", appointment_id)


async def again(
    tx: WriteSession, change_id: uuid.UUID, *, is_on: bool, at: datetime
) -> IntakeqChange:
    """Try one again that is held; what an earlier try did is looked for first. Raises: NotFound, Conflict."""
    row = await _held(tx, change_id)
    if not is_on:
        raise Conflict("write_back_off")
    if row.state != "held" or await repository.waiting_one(tx, row.act, row.subject_id):
        raise Conflict("change_moved")
    row.state, row.code, row.attempts, row.due_at = "waiting", None, 0, at
    row.unwanted_at = None
    return row


async def _held(tx: WriteSession, change_id: uuid.UUID) -> IntakeqChange:
    row = await repository.locked(tx, change_id)
    if row is None:
        raise NotFound("intakeq_change")
    return row


def order_of(row: IntakeqChange) -> Order:
    """What was asked for."""
    return msgspec.json.decode(row.order or "{}", type=Order)
