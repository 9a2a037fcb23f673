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
        return waits
    made = IntakeqChange(
        act=act, subject_id=subject_id, client_id=client_id, asked_by=by, asked_at=at, due_at=at
    )
    made.order = said
    await repository.add(tx, made)
    return made


async def take_back(tx: WriteSession, change_id: uuid.UUID, *, at: datetime) -> IntakeqChange:
    """Do not send it, if nothing was sent yet. Raises: NotFound, Conflict."""
    row = await _held(tx, change_id)
    if row.state != "waiting" or row.was_called:
        raise Conflict("change_sent")
    row.state, row.done_at = "taken_back", at
    return row


async def again(tx: WriteSession, change_id: uuid.UUID, *, at: datetime) -> IntakeqChange:
    """Try one again that is held; what an earlier try did is looked for first. Raises: NotFound, Conflict."""
    row = await _held(tx, change_id)
    if row.state != "held" or await repository.waiting_one(tx, row.act, row.subject_id):
        raise Conflict("change_moved")
    row.state, row.code, row.attempts, row.due_at = "waiting", None, 0, at
    return row


async def _held(tx: WriteSession, change_id: uuid.UUID) -> IntakeqChange:
    row = await repository.locked(tx, change_id)
    if row is None:
        raise NotFound("intakeq_change")
    return row


def order_of(row: IntakeqChange) -> Order:
    """What was asked for."""
    return msgspec.json.decode(row.order or "{}", type=Order)
