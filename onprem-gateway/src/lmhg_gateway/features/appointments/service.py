"""Use cases of appointments: store one that IntakeQ has, with its block, and forget one."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from lmhg_gateway.adapters.intakeq import Visit
from lmhg_gateway.features.appointments import repository, synced
from lmhg_gateway.features.appointments.desk_repository import desk_of
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.synced import (
    KIND,
    OWNERS,
    UNKNOWN_STATUS,
    put_told,
    time_text,
    told_of,
)
from lmhg_gateway.features.calendar.public import TakenTime, free_block, show_block
from lmhg_gateway.features.clients.public import link, linked, with_ids
from lmhg_gateway.features.differences.public import close_open, meet
from lmhg_gateway.features.staff.public import id_by_email
from lmhg_gateway.features.work_list.public import plan_again
from lmhg_gateway.web.merge_rows import move_rows, rows_by
from lmhg_gateway.web.sync_points import SyncedRecord, Told
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession, WriteSession


async def count_between(tx: ReadSession, start: datetime, end: datetime) -> int:
    """How many appointments take place in this time."""
    return await repository.count_between(tx, start, end)


async def store_visit(tx: WriteSession, visit: Visit, *, client_id: uuid.UUID, part2: bool) -> str:
    """An appointment and its calendar block; an older state than ours changes nothing.

    A part that IntakeQ's answer left out keeps what it was.
    """
    known = await linked(tx, KIND, visit.id)
    kept = await tx.get(Appointment, known, with_for_update=True) if known else None
    if kept is not None and visit.changed_ms is not None and visit.changed_ms < kept.changed_ms:
        return "older_than_ours"
    fresh = kept is None
    theirs = await _told(tx, visit)
    appointment = kept or _made(client_id, theirs)
    appointment.client_id = client_id
    appointment.changed_ms = visit.changed_ms or appointment.changed_ms or 0
    appointment.seen_at = datetime.now(UTC)
    if fresh:
        tx.add(appointment)
        await tx.flush()
        await link(tx, KIND, visit.id, appointment.id)
    changed = await meet(
        tx,
        KIND,
        visit.id,
        record_id=appointment.id,
        client_id=client_id,
        owners=OWNERS,
        theirs=theirs,
        ours=told_of(appointment),
    )
    put_told(appointment, changed)
    await show_taken(tx, appointment, part2=part2)
    await plan_again(tx, client_id=client_id)
    return "appointment_created" if fresh else "appointment_updated"


async def _told(tx: ReadSession, visit: Visit) -> dict[str, str | None]:
    """What IntakeQ says of an appointment, but for what its answer left out."""
    said: dict[str, str | None] = {"time": time_text(visit.starts_at, visit.ends_at)}
    if visit.status:
        said["status"] = visit.status
    left_out = {note.partition(":")[0] for note in visit.left_out}
    if "clinician" not in left_out:
        found = await id_by_email(tx, visit.clinician_email)
        said["clinician"] = str(found) if found else None
    texts = {"service": visit.service, "place": visit.place}
    return said | {name: text for name, text in texts.items() if name not in left_out}


def _made(client_id: uuid.UUID, told: Told) -> Appointment:
    """A new appointment."""
    made = Appointment(client_id=client_id, status=UNKNOWN_STATUS)
    put_told(made, told)
    return made


async def client_of_visit(tx: ReadSession, visit_id: str) -> uuid.UUID | None:
    """Whose appointment it is so far."""
    known = await linked(tx, KIND, visit_id)
    return await repository.client_of(tx, known) if known else None


async def forget_visit(tx: WriteSession, visit_id: str) -> bool:
    """IntakeQ no longer has it: its block is freed; whether we had it."""
    known = await linked(tx, KIND, visit_id)
    appointment = await tx.get(Appointment, known, with_for_update=True) if known else None
    if appointment is None:
        return False
    appointment.status = "deleted"
    await free_block(tx, appointment.id)
    await close_open(tx, KIND, visit_id)
    await plan_again(tx, client_id=appointment.client_id)
    return True


async def show_taken(tx: WriteSession, appointment: Appointment, *, part2: bool) -> None:
    """Make the calendar say whether this time is taken.

    One that was canceled here takes none, unless IntakeQ changed it since.
    """
    await tx.flush()
    desk = await desk_of(tx, appointment.id)
    asked_at = desk.cancel_asked_at if desk else None
    if asked_at is not None and appointment.changed_ms <= asked_at.timestamp() * 1000:
        await free_block(tx, appointment.id)
        return
    await show_block(tx, _taken(appointment, part2=part2))


def _taken(appointment: Appointment, *, part2: bool) -> TakenTime:
    return TakenTime(
        appointment_id=appointment.id,
        clinician_id=None if part2 else appointment.clinician_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        status=appointment.status,
    )


_ROWS = rows_by(Appointment.client_id, noun="appointment")


async def _move(
    tx: WriteSession, ids: Sequence[uuid.UUID], from_id: uuid.UUID, to_id: uuid.UUID
) -> Sequence[uuid.UUID]:
    """Appointments go to another client; of those to come the calendar says what it may of theirs."""
    moved = await move_rows(Appointment.client_id, tx, ids, from_id, to_id)
    clients = await with_ids(tx, [to_id])
    for each in await repository.to_come(tx, moved, after=utc_now()):
        await show_taken(tx, each, part2=any(client.part2 for client in clients))
    return moved


MERGE_ROWS = replace(_ROWS, move=_move)


async def _take(tx: WriteSession, appointment_id: uuid.UUID, told: Told) -> None:
    """Follow IntakeQ, with the block in the calendar."""
    appointment = await synced.held(tx, appointment_id)
    put_told(appointment, told)
    (client,) = await with_ids(tx, [appointment.client_id])
    await show_taken(tx, appointment, part2=client.part2)
    await plan_again(tx, client_id=client.id)


SYNCED = SyncedRecord(
    kind=KIND,
    permission="appointments.read",
    fields=synced.FIELDS,
    named=synced.named,
    ours=synced.ours,
    take=_take,
    shown=synced.shown,
)
