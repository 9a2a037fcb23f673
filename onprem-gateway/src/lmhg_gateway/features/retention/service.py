"""Use cases of the schedule and of legal holds."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referrals.public import client_of
from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.forms import ChangeForm, HoldForm
from lmhg_gateway.features.retention.models import LegalHold, RetentionChange
from lmhg_gateway.features.retention.rules import Outcome
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.errors import Conflict, Forbidden, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

CHANGE, HOLD = "retention_change", "legal_hold"


class Scheduled(NamedTuple):
    """One line with its years: those that the practice set, else what the law asks, else none."""

    line: RetentionLine
    years: int | None
    is_set: bool


async def schedule(tx: ReadSession, lines: Sequence[RetentionLine]) -> list[Scheduled]:
    """Every line of the schedule."""
    known = await repository.years(tx)
    return [
        Scheduled(each, known.get(each.code, each.least or None), each.code in known)
        for each in sorted(lines, key=lambda each: each.order)
    ]


async def ask_change(
    tx: WriteSession, form: ChangeForm, *, lines: Sequence[RetentionLine], by: str
) -> RetentionChange:
    """Ask for other years of a line. Raises: NotFound, Invalid, Conflict."""
    line = next((each for each in lines if each.code == form.code and each.is_settable), None)
    if line is None:
        raise NotFound("retention_line")
    if form.years < line.least:
        raise Invalid(fields={"years": f"The law asks for {line.least} years at least."})
    asked = RetentionChange(code=form.code, years=form.years, asked_by=uuid.UUID(by))
    asked.id = uuid.uuid4()
    asked.why = form.why
    try:
        await repository.add(tx, asked)
    except IntegrityError:
        raise Conflict("retention_asked") from None
    return asked


async def decide_change(
    tx: WriteSession, change_id: uuid.UUID, verdict: str, *, by: str, at: datetime
) -> RetentionChange:
    """Approve or decline as a second person, or cancel as the first. Raises: NotFound, Conflict, Forbidden."""
    held = await repository.locked_change(tx, change_id)
    if held is None:
        raise NotFound(CHANGE)
    if held.outcome != Outcome.OPEN.value:
        raise Conflict("retention_decided")
    if (str(held.asked_by) == by) is not (verdict == Outcome.DROPPED.value):
        raise Forbidden("retention_own")
    held.outcome, held.decided_by, held.decided_at = verdict, uuid.UUID(by), at
    await tx.flush()
    return held


async def place_hold(
    tx: WriteSession, form: HoldForm, *, client_id: uuid.UUID | None, by: str, at: datetime
) -> LegalHold:
    """Put a client, or everything, on hold. Raises: NotFound, Conflict where the same hold lasts."""
    if client_id is not None and client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    if form.referral_id and (
        client_id is None or await client_of(tx, form.referral_id) != client_id
    ):
        raise NotFound("referral")
    made = LegalHold(client_id=client_id, referral_id=form.referral_id, placed_by=by, placed_at=at)
    made.why = form.why
    await repository.add(tx, made)
    return made


async def lift_hold(tx: WriteSession, hold_id: uuid.UUID, *, by: str, at: datetime) -> LegalHold:
    """End a hold. Raises: NotFound, Conflict."""
    held = await repository.locked_hold(tx, hold_id)
    if held is None:
        raise NotFound(HOLD)
    if held.lifted_at is not None:
        raise Conflict("legal_hold_lifted")
    held.lifted_by, held.lifted_at = by, at
    await tx.flush()
    return held
