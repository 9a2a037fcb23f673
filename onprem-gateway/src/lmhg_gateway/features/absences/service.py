"""Use cases of absences: written down, changed, canceled; and who is away in some days."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.absences import repository
from lmhg_gateway.features.absences.forms import AbsenceForm
from lmhg_gateway.features.absences.models import Absence
from lmhg_gateway.features.absences.rules import Reason, problems, touches
from lmhg_gateway.features.staff.public import colleagues_with
from lmhg_gateway.web.away import AwaySpan
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "absence"


def span_of(absence: Absence) -> AwaySpan:
    """An absence as others see it: without its reason."""
    return AwaySpan(absence.person_id, absence.first_on, absence.last_on)


async def spans(tx: ReadSession, first: date, last: date | None) -> list[AwaySpan]:
    """Who is away in these days."""
    return [span_of(each) for each in await repository.between(tx, first, last)]


async def who_works_here(tx: ReadSession) -> dict[str, str]:
    """Account id to name, of those whose absence matters to clients."""
    found: dict[str, str] = {}
    for role in (CLINICIAN, FRONT_DESK, ADMIN):
        found |= await colleagues_with(tx, role)
    return dict(sorted(found.items(), key=lambda each: each[1]))


async def add(tx: WriteSession, form: AbsenceForm, *, by: str) -> Absence:
    """Write down that someone is away. Raises: Invalid."""
    wrong = problems(form.reason, form.first_on, form.last_on)
    if str(form.person_id) not in await who_works_here(tx):
        wrong["person_id"] = "Choose one from the list."
    if not wrong:
        wrong = await _same_days(tx, form.person_id, form.first_on, form.last_on)
    if wrong:
        raise Invalid("absence_wrong", fields=wrong)
    made = Absence(
        person_id=form.person_id,
        reason=form.reason.value,
        first_on=form.first_on,
        last_on=form.last_on,
        noted_by=by,
    )
    await repository.add(tx, made)
    await tx.audit("insert", kind=KIND, ids=[made.id])
    return made


async def _same_days(
    tx: ReadSession,
    person_id: uuid.UUID,
    first_on: date,
    last_on: date | None,
    *,
    besides: uuid.UUID | None = None,
) -> dict[str, str]:
    """That someone is away on some of these days already. One who leaves may be away before."""
    found = await repository.between(tx, first_on, last_on)
    others = [each for each in found if each.person_id == person_id and each.id != besides]
    if any(touches(span_of(each), first_on, last_on) for each in others):
        return {"first_on": "They are already away on some of these days."}
    return {}


async def set_last_day(tx: WriteSession, absence_id: uuid.UUID, last_on: date) -> Absence:
    """Say until when someone is away now. Raises: NotFound, Conflict, Invalid."""
    found = await held(tx, absence_id)
    if found.canceled_at is not None or found.reason == Reason.LEAVING:
        raise Conflict("absence_over")
    wrong = problems(Reason(found.reason), found.first_on, last_on)
    if not wrong and await _same_days(
        tx, found.person_id, found.first_on, last_on, besides=found.id
    ):
        wrong = {"last_on": "They are already away on some of these days."}
    if wrong:
        raise Invalid("absence_wrong", fields=wrong)
    found.last_on = last_on
    await tx.flush()
    await tx.audit("update", kind=KIND, ids=[found.id], columns=["last_on"])
    return found


async def cancel(tx: WriteSession, absence_id: uuid.UUID, *, by: str, at: datetime) -> Absence:
    """Say that someone is not away after all. Raises: NotFound."""
    found = await held(tx, absence_id)
    if found.canceled_at is None:
        found.canceled_at, found.canceled_by = at, by
        await tx.flush()
        await tx.audit("update", kind=KIND, ids=[found.id], columns=["canceled_at"])
    return found


async def restore(tx: WriteSession, absence_id: uuid.UUID) -> Absence:
    """Take that back. Raises: NotFound, Conflict where another absence has these days."""
    found = await held(tx, absence_id)
    if found.canceled_at is None:
        return found
    if await _same_days(tx, found.person_id, found.first_on, found.last_on, besides=found.id):
        raise Conflict("absence_same_days")
    found.canceled_at = found.canceled_by = None
    await tx.flush()
    await tx.audit("update", kind=KIND, ids=[found.id], columns=["canceled_at"])
    return found


async def view(tx: ReadSession, absence_id: uuid.UUID) -> Absence:
    """One absence. Raises: NotFound."""
    found = await repository.by_id(tx, absence_id)
    if found is None:
        raise NotFound("absence")
    return found


async def held(tx: WriteSession, absence_id: uuid.UUID) -> Absence:
    """One absence, held until this unit of work ends. Raises: NotFound."""
    found = await repository.locked(tx, absence_id)
    if found is None:
        raise NotFound("absence")
    return found


async def who_covers(tx: ReadSession, absence: Absence) -> dict[str, str]:
    """Who can be asked to cover: clinicians for a clinician, everyone who sees to clients for others."""
    clinicians = await colleagues_with(tx, CLINICIAN)
    is_clinician = str(absence.person_id) in clinicians
    found = clinicians if is_clinician else await who_works_here(tx)
    others: Sequence[tuple[str, str]] = [
        each for each in found.items() if each[0] != str(absence.person_id)
    ]
    return dict(sorted(others, key=lambda each: each[1]))
