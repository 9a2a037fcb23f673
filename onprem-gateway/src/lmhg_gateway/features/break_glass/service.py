"""Use cases of break-glass: open, end, review, and tell the officers."""

import uuid
from datetime import datetime

from lmhg_gateway.features.break_glass import repository
from lmhg_gateway.features.break_glass.forms import OpenForm, ReviewForm
from lmhg_gateway.features.break_glass.incident_codes import OPENED
from lmhg_gateway.features.break_glass.models import BreakGlass
from lmhg_gateway.features.break_glass.rules import ends_at
from lmhg_gateway.features.incidents.public import open_incident
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.persistence import WriteSession

KIND = "break_glass"


async def open_glass(tx: WriteSession, form: OpenForm, *, by: str, at: datetime) -> BreakGlass:
    """Read access from now on, with an incident for the officers. Raises: Conflict while one runs."""
    user_id = uuid.UUID(by)
    if await repository.running(tx, user_id, at=at):
        raise Conflict("glass_already_open")
    opening = BreakGlass(
        id=uuid.uuid4(),
        user_id=user_id,
        opened_at=at,
        ends_at=ends_at(at, minutes=form.minutes),
    )
    opening.reason = form.reason
    tx.add(opening)
    await tx.flush()
    await tx.audit("break_glass_open", kind=KIND, ids=[opening.id])
    open_incident(tx, OPENED, subject_kind=KIND, subject_id=opening.id)
    return opening


async def end_glass(tx: WriteSession, *, by: str, at: datetime) -> None:
    """End the access before its time. Nothing happens when none runs."""
    for opening in await repository.running(tx, uuid.UUID(by), at=at):
        opening.ended_at = at
        await tx.audit("break_glass_end", kind=KIND, ids=[opening.id])


async def review(
    tx: WriteSession, opening_id: uuid.UUID, form: ReviewForm, *, by: str, at: datetime
) -> None:
    """An officer says what it was. Raises: NotFound, Forbidden for an own one, Conflict."""
    opening = await repository.locked(tx, opening_id)
    if opening is None:
        raise NotFound("break_glass")
    if opening.user_id == uuid.UUID(by):
        raise Forbidden("own_break_glass")
    if opening.reviewed_at is not None:
        raise Conflict("already_reviewed")
    opening.reviewed_by, opening.reviewed_at = uuid.UUID(by), at
    opening.outcome = form.outcome
    await tx.audit("break_glass_review", kind=KIND, ids=[opening.id])
