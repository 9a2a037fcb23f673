"""Use cases of calendar blocks: the time that a clinician has no more."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.features.calendar.models import CalendarBlock
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import keep_as_approved

KIND = "calendar_block"
TAKES_TIME = {"confirmed": "busy", "waitingconfirmation": "tentative"}
"""Appointment states that take a clinician's time, and how the block shows them."""


@dataclass(frozen=True, kw_only=True)
class TakenTime:
    """What the calendar needs of an appointment. No clinician means that no block may exist."""

    appointment_id: uuid.UUID
    clinician_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime
    status: str


async def show_block(tx: WriteSession, taken: TakenTime) -> None:
    """Make the calendar say what the appointment says; a block that may not exist is removed.

    Under the standing approval "calendar export" the block is exempt; without one it stays here.
    """
    busy = TAKES_TIME.get(taken.status)
    if busy is None or taken.clinician_id is None:
        await free_block(tx, taken.appointment_id)
        return
    block = await _block_of(tx, taken.appointment_id)
    block = block or CalendarBlock(appointment_id=taken.appointment_id)
    block.clinician_id = taken.clinician_id
    block.starts_at, block.ends_at = taken.starts_at, taken.ends_at
    block.busy = busy
    await keep_as_approved(tx, block, kind=KIND)


async def free_block(tx: WriteSession, appointment_id: uuid.UUID) -> None:
    """Remove an appointment's block; the database writes its recall."""
    block = await _block_of(tx, appointment_id)
    if block is not None:
        await tx.delete(block)


async def block_of(tx: ReadSession, appointment_id: uuid.UUID) -> uuid.UUID | None:
    """The block by which the cloud may know of an appointment."""
    query = select(CalendarBlock.id).where(CalendarBlock.appointment_id == appointment_id)
    return await tx.scalar(query)


async def _block_of(tx: WriteSession, appointment_id: uuid.UUID) -> CalendarBlock | None:
    return await tx.scalar(
        select(CalendarBlock).where(CalendarBlock.appointment_id == appointment_id)
    )
