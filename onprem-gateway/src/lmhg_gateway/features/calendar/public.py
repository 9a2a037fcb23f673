"""What other features may ask of the calendar."""

import uuid

from sqlalchemy import func, select

from lmhg_contracts.classification import StoragePolicy
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.calendar.models import CalendarBlock
from lmhg_kit.persistence import WriteSession
from lmhg_kit.persistence.exemptions import Exemption

KIND = "calendar_block"
TAKES_TIME = {"confirmed": "busy", "waitingconfirmation": "tentative"}
"""Appointment states that take a clinician's time, and how the block shows them."""


async def show_block(tx: WriteSession, appointment: Appointment, *, part2: bool) -> None:
    """Make the calendar say what the appointment says; a block that may not exist is removed.

    Under the standing approval "calendar export" the block is exempt; without one it stays here.
    A client under 42 CFR Part 2 has no block at all.
    """
    busy = TAKES_TIME.get(appointment.status)
    if busy is None or part2 or appointment.clinician_id is None:
        await free_block(tx, appointment.id)
        return
    block = await _block_of(tx, appointment.id)
    fresh = block is None
    block = block or CalendarBlock(appointment_id=appointment.id)
    block.clinician_id = appointment.clinician_id
    block.starts_at, block.ends_at = appointment.starts_at, appointment.ends_at
    block.busy = busy
    approval = await standing_approval(tx, KIND)
    block.exemption_id = approval
    allowed = StoragePolicy.CLOUD_ALLOWED if approval else StoragePolicy.LOCAL_ONLY
    if fresh:
        tx.add(block, storage_policy=allowed)
    else:
        block.hipaa_exempt = approval is not None


async def free_block(tx: WriteSession, appointment_id: uuid.UUID) -> None:
    """Remove an appointment's block; the database writes its recall."""
    block = await _block_of(tx, appointment_id)
    if block is not None:
        await tx.delete(block)


async def standing_approval(tx: WriteSession, kind: str) -> uuid.UUID | None:
    """The standing approval of a kind that is in force now."""
    return await tx.scalar(
        select(Exemption.id)
        .where(
            Exemption.kind == kind,
            Exemption.record_id.is_(None),
            Exemption.withdrawn_at.is_(None),
            (Exemption.expires_at.is_(None)) | (Exemption.expires_at > func.now()),
        )
        .order_by(Exemption.granted_at.desc())
        .limit(1)
    )


async def _block_of(tx: WriteSession, appointment_id: uuid.UUID) -> CalendarBlock | None:
    return await tx.scalar(
        select(CalendarBlock).where(CalendarBlock.appointment_id == appointment_id)
    )
