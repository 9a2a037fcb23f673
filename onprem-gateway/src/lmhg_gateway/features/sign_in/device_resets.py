"""Use cases of a lost device: someone says so, and another person agrees."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, insert, select, update

from lmhg_gateway.features.accounts.public import (
    Letter,
    forget_steps,
)
from lmhg_gateway.features.factors.public import DeviceReset
from lmhg_gateway.features.sessions.public import end_sessions
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.feature import PERSON
from lmhg_kit.persistence import ReadSession, WriteSession

PEOPLE_MAX = 500


@dataclass(frozen=True)
class OpenReset:
    """A lost device that waits for its second person."""

    id: uuid.UUID
    user_id: uuid.UUID
    asked_by: uuid.UUID
    asked_at: datetime


async def ask_device_reset(
    tx: WriteSession, *, user_id: uuid.UUID, asked_by: uuid.UUID
) -> uuid.UUID:
    """Say that someone lost their device; another person has to agree. Raises: Conflict."""
    reset = DeviceReset
    waiting = exists().where(reset.user_id == user_id, reset.approved_at.is_(None))
    if (await tx.execute(select(waiting))).scalar_one():
        raise Conflict("device_reset_open")
    if user_id == asked_by:
        raise Conflict("device_reset_own")
    reset_id = new_id()
    row = {"id": reset_id, "user_id": user_id, "asked_by": asked_by}
    await tx.execute(insert(reset).values(row))
    await forget_steps(tx, user_id)
    await tx.audit("device_reset.ask", kind="account", ids=[user_id])
    return reset_id


RESETS_OF_OTHERS = select(func.count(DeviceReset.id)).where(
    DeviceReset.approved_at.is_(None), DeviceReset.asked_by != PERSON
)
"""Lost devices that someone else reported."""


async def open_device_resets(tx: ReadSession) -> list[OpenReset]:
    """Lost devices that wait for their second person, oldest first."""
    reset = DeviceReset
    query = (
        select(reset.id, reset.user_id, reset.asked_by, reset.asked_at)
        .where(reset.approved_at.is_(None))
        .order_by(reset.asked_at)
        .limit(PEOPLE_MAX)
    )
    return [OpenReset(*row) for row in (await tx.execute(query)).all()]


async def approve_device_reset(
    tx: WriteSession, *, reset_id: uuid.UUID, approved_by: uuid.UUID
) -> uuid.UUID:
    """The second person agrees: factors and sessions are gone; whose. Raises: NotFound, Conflict.

    The database itself refuses an approval by the asker or by the person concerned.
    """
    reset = DeviceReset
    query = select(reset.user_id, reset.asked_by).where(
        reset.id == reset_id, reset.approved_at.is_(None)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise NotFound("device_reset_unknown")
    if approved_by in (found.user_id, found.asked_by):
        raise Conflict("device_reset_own")
    await end_sessions(tx, user_id=found.user_id)
    change = update(reset).where(reset.id == reset_id, reset.approved_at.is_(None))
    await tx.execute(change.values(approved_by=approved_by, approved_at=func.now()))
    letter = {"id": new_id(), "user_id": found.user_id, "purpose": "notice_device"}
    await tx.execute(insert(Letter).values(letter))
    await tx.audit("device_reset.approve", kind="account", ids=[found.user_id])
    return found.user_id
