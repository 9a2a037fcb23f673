"""Use cases of estimates: opened by a referral, a booking or a person, given, and opened again."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from lmhg_gateway.features.documents.public import client_of_document
from lmhg_gateway.features.estimates import repository
from lmhg_gateway.features.estimates.forms import GivenForm, NewEstimate
from lmhg_gateway.features.estimates.models import Estimate
from lmhg_gateway.features.estimates.rules import (
    GIVEN,
    NOT_OWED,
    SHORT_NOTICE,
    Why,
    check_undo,
    due_at,
    next_of,
)
from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.work_list.public import put_work
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

WORK = "estimate"


async def view(tx: ReadSession, estimate_id: uuid.UUID) -> Estimate:
    """One estimate. Raises: NotFound."""
    found = await repository.by_id(tx, estimate_id)
    if found is None:
        raise NotFound("estimate")
    return found


async def open_for(
    tx: WriteSession,
    client_id: uuid.UUID,
    why: Why,
    *,
    began_at: datetime,
    by: str,
    practice: Practice,
    visit_on: date | None = None,
    referral_id: uuid.UUID | None = None,
    appointment_id: uuid.UUID | None = None,
    note: str = "",
) -> Estimate:
    """Say that a person is owed an estimate. One that is open already may become due earlier.

    A visit that is booked at short notice is put on record as one for which none is owed.
    """
    hours = await hours_of(tx, practice.zone)
    due = due_at(hours, why, began_at=began_at, visit_on=visit_on)
    held = await repository.open_of(tx, client_id) if due else None
    if held is not None and due is not None:
        held.due_at, held.visit_on = min(held.due_at, due), visit_on or held.visit_on
        held.appointment_id = appointment_id or held.appointment_id
        await plan(tx, held, practice)
        return held
    made = Estimate(
        client_id=client_id,
        referral_id=referral_id,
        appointment_id=appointment_id,
        why=why.value,
        began_at=began_at,
        visit_on=visit_on,
        due_at=due or began_at,
        opened_by=by,
    )
    made.note = note or None
    if due is None:
        made.outcome, made.closed_by, made.closed_at = SHORT_NOTICE, by, practice.clock()
    await repository.add(tx, made)
    await plan(tx, made, practice)
    return made


async def ask(
    tx: WriteSession, client_id: uuid.UUID, form: NewEstimate, *, by: str, practice: Practice
) -> Estimate:
    """Open one because a person asked, or because something changed."""
    return await open_for(
        tx,
        client_id,
        Why(form.why),
        began_at=practice.clock(),
        by=by,
        practice=practice,
        visit_on=form.visit_on if form.why == Why.CHANGED else None,
        note=form.note,
    )


async def give(
    tx: WriteSession, estimate_id: uuid.UUID, form: GivenForm, *, by: str, practice: Practice
) -> Estimate:
    """Say that it was given, when and how. Raises: NotFound, Conflict."""
    found = await _open(tx, estimate_id)
    if form.document_id and await client_of_document(tx, form.document_id) != found.client_id:
        raise NotFound("document")
    found.outcome, found.given_on, found.how = GIVEN, form.given_on, form.how
    found.document_id, found.amount_cents = form.document_id, form.amount_cents()
    found.closed_by, found.closed_at = by, practice.clock()
    await plan(tx, found, practice)
    return found


async def say_not_owed(
    tx: WriteSession, estimate_id: uuid.UUID, why: str, *, by: str, practice: Practice
) -> Estimate:
    """Say why none is needed. Raises: NotFound, Conflict."""
    found = await _open(tx, estimate_id)
    found.outcome, found.closed_by, found.closed_at = NOT_OWED, by, practice.clock()
    found.note = why
    await plan(tx, found, practice)
    return found


async def reopen(
    tx: WriteSession, estimate_id: uuid.UUID, *, by: str, practice: Practice
) -> Estimate:
    """Take one's own answer back, shortly after it. Raises: NotFound, Conflict."""
    found = await _held(tx, estimate_id)
    check_undo(found.closed_at, closed_by=found.closed_by, by=by, at=practice.clock())
    found.outcome = found.given_on = found.how = found.document_id = found.amount_cents = None
    found.closed_by = found.closed_at = None
    await plan(tx, found, practice)
    return found


async def plan(tx: WriteSession, found: Estimate, practice: Practice) -> None:
    """Put what is owed on the work list, or take it off."""
    await tx.flush()
    step = next_of(
        found.due_at,
        began_at=found.began_at,
        is_closed=found.closed_at is not None,
        at=practice.clock(),
    )
    await put_work(tx, WORK, found.id, step, client_id=found.client_id, owner_id=None)


async def plan_one(tx: WriteSession, estimate_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named."""
    found = await repository.locked(tx, estimate_id)
    if found is not None:
        await plan(tx, found, practice)


async def unplanned(tx: ReadSession, limit: int) -> Sequence[uuid.UUID]:
    """What is owed and is missing from the work list."""
    return await repository.not_on(tx, WORK, limit=limit)


async def _held(tx: WriteSession, estimate_id: uuid.UUID) -> Estimate:
    found = await repository.locked(tx, estimate_id)
    if found is None:
        raise NotFound("estimate")
    return found


async def _open(tx: WriteSession, estimate_id: uuid.UUID) -> Estimate:
    found = await _held(tx, estimate_id)
    if found.closed_at is not None:
        raise Conflict("estimate_closed")
    return found
