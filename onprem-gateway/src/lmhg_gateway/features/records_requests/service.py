"""Use cases of requests: taken in, checked, extended once, logged, handed over, answered, ended."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from lmhg_gateway.features.access_log.public import NewDisclosure, record_disclosure
from lmhg_gateway.features.records_requests import repository
from lmhg_gateway.features.records_requests.clock_rules import (
    Kind,
    check_extension,
    check_received,
    due_on,
    next_of,
)
from lmhg_gateway.features.records_requests.forms import (
    AnswerForm,
    LogForm,
    NewRequest,
    ReleaseForm,
)
from lmhg_gateway.features.records_requests.models import (
    RecordsRelease,
    RecordsRequest,
    RecordsRequestStep,
)
from lmhg_gateway.features.records_requests.rules import (
    KINDS,
    check_day,
    check_release,
    check_same,
    check_undo,
    is_in_force,
    missing_for,
)
from lmhg_gateway.features.work_list.public import put_work
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

WORK = "records_request"


async def view(tx: ReadSession, request_id: uuid.UUID) -> RecordsRequest:
    """One request. Raises: NotFound."""
    found = await repository.by_id(tx, request_id)
    if found is None:
        raise NotFound("records_request")
    return found


async def take(
    tx: WriteSession, form: NewRequest, *, client_id: uuid.UUID, by: str, practice: Practice
) -> RecordsRequest:
    """Write down a request, with the last day on which it may be answered. Raises: Invalid."""
    check_received(form.received_on, today=practice.today())
    made = RecordsRequest(
        client_id=client_id,
        kind=form.kind.value,
        asked_by=form.asked_by,
        purpose=form.purpose,
        form=form.form,
        received_on=form.received_on,
        due_on=due_on(form.kind, form.received_on),
        taken_by=by,
        is_paid_in_full=form.is_paid_in_full and form.kind is Kind.RESTRICTION,
    )
    made.asker, made.what = form.asker or None, form.what
    await repository.add(tx, made)
    await _record_step(tx, made, "received", form.received_on, by=by, practice=practice)
    await plan(tx, made, practice)
    return made


async def check_identity(
    tx: WriteSession, request_id: uuid.UUID, how: str, *, by: str, practice: Practice
) -> None:
    """Say how it was checked that who asks may ask. Raises: NotFound, Conflict."""
    found = await _open(tx, request_id)
    found.checked_by, found.checked_at, found.checked_how = by, practice.clock(), how
    await _record_step(tx, found, "identity_checked", practice.today(), by=by, practice=practice)


async def extend(
    tx: WriteSession, request_id: uuid.UUID, why: str, *, by: str, practice: Practice
) -> RecordsRequest:
    """Use the one extension, with its reason in writing. Raises: NotFound, Conflict."""
    found, today = await _held(tx, request_id), practice.today()
    kind = Kind(found.kind)
    check_extension(
        kind,
        found.due_on,
        is_extended=found.extended_at is not None,
        is_closed=found.closed_at is not None,
        today=today,
    )
    found.extended_by, found.extended_at, found.extension_why = by, practice.clock(), why
    found.due_on = due_on(kind, found.received_on, is_extended=True)
    await _record_step(tx, found, "extended", today, said=why, by=by, practice=practice)
    await plan(tx, found, practice)
    return found


async def log(
    tx: WriteSession, request_id: uuid.UUID, form: LogForm, *, by: str, practice: Practice
) -> None:
    """Write a letter, a call or a note into the log, which is never changed. A form sent twice writes it once.

    Raises: NotFound, Invalid, Conflict.
    """
    found = await _held(tx, request_id)
    if form.key and (before := await repository.step_by_id(tx, form.key)):
        check_same(before.request_id, request_id)
        return
    check_day("day", form.day, received_on=found.received_on, today=practice.today())
    await _record_step(
        tx, found, form.act, form.day, said=form.said, by=by, practice=practice, key=form.key
    )


async def release(
    tx: WriteSession, request_id: uuid.UUID, form: ReleaseForm, *, by: str, practice: Practice
) -> RecordsRelease:
    """Put on record what is handed over; the accounting of disclosures has it in the same moment.

    Raises: NotFound, Conflict, Invalid.
    """
    found, today = await _held(tx, request_id), practice.today()
    if form.key and (before := await repository.release_by_id(tx, form.key)):
        check_same(before.request_id, request_id)
        return before
    check_release(is_closed=found.closed_at is not None, is_checked=found.checked_at is not None)
    check_day("released_on", form.released_on, received_on=found.received_on, today=today)
    disclosure = await record_disclosure(
        tx,
        found.client_id,
        NewDisclosure(
            disclosed_on=form.released_on,
            recipient=form.recipient,
            what=form.given,
            why=f"{KINDS[Kind(found.kind)][0]}, asked for on {found.received_on:%b %-d, %Y}",
            basis="on_request",
            address=form.address,
        ),
        by=by,
        today=today,
    )
    made = RecordsRelease(
        id=form.key or new_id(),
        request_id=found.id,
        disclosure_id=disclosure.id,
        released_on=form.released_on,
        how=form.how,
        released_by=by,
        released_at=practice.clock(),
    )
    made.recipient, made.what = form.recipient, form.given
    await repository.add(tx, made)
    said = f"{form.recipient}: {form.given}"
    await _record_step(tx, found, "released", form.released_on, said=said, by=by, practice=practice)
    return made


async def answer(
    tx: WriteSession, request_id: uuid.UUID, form: AnswerForm, *, by: str, practice: Practice
) -> RecordsRequest:
    """End a request with its answer. Raises: NotFound, Conflict, Invalid with what is missing."""
    found, today = await _open(tx, request_id), practice.today()
    check_day("answered_on", form.answered_on, received_on=found.received_on, today=today)
    missing = missing_for(
        Kind(found.kind),
        form.outcome,
        denied_for=form.denied_for or "",
        decision=form.decision,
        answered_on=form.answered_on,
        releases=await repository.release_count(tx, found.id),
        is_checked=found.checked_at is not None,
        is_paid_in_full=found.is_paid_in_full,
    )
    if missing:
        raise Invalid("request_answer", fields=missing)
    found.outcome, found.denied_for = form.outcome, form.denied_for
    found.decision, found.answered_on = form.decision or None, form.answered_on
    found.fee_cents, found.closed_by, found.closed_at = form.fee_cents(), by, practice.clock()
    day = form.answered_on or today
    await _record_step(tx, found, "answered", day, said=form.decision, by=by, practice=practice)
    await plan(tx, found, practice)
    return found


async def reopen(
    tx: WriteSession, request_id: uuid.UUID, *, by: str, practice: Practice
) -> RecordsRequest:
    """Take back one's own answer, shortly after it, and all that followed from it. Raises: NotFound, Conflict."""
    found = await _held(tx, request_id)
    check_undo(found.closed_at, closed_by=found.closed_by, by=by, at=practice.clock())
    found.outcome = found.denied_for = found.decision = found.answered_on = None
    found.fee_cents = found.closed_by = found.closed_at = None
    found.ended_by = found.ended_at = None
    await _record_step(tx, found, "reopened", practice.today(), by=by, practice=practice)
    await plan(tx, found, practice)
    return found


async def end(
    tx: WriteSession, request_id: uuid.UUID, why: str, *, by: str, practice: Practice
) -> RecordsRequest:
    """Say that what was agreed is no longer in force. Raises: NotFound, Conflict."""
    found = await _held(tx, request_id)
    if not is_in_force(found.kind, found.outcome, is_ended=found.ended_at is not None):
        raise Conflict("request_not_in_force")
    found.ended_by, found.ended_at = by, practice.clock()
    await _record_step(tx, found, "ended", practice.today(), said=why, by=by, practice=practice)
    return found


async def plan(tx: WriteSession, found: RecordsRequest, practice: Practice) -> None:
    """Put a request on the work list once its day has come, or take it off."""
    await tx.flush()
    step = next_of(
        Kind(found.kind),
        found.due_on,
        received_on=found.received_on,
        is_closed=found.closed_at is not None,
        at=practice.clock(),
        zone=practice.zone,
    )
    await put_work(tx, WORK, found.id, step, client_id=found.client_id, owner_id=None)


async def plan_one(tx: WriteSession, request_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named."""
    found = await repository.locked(tx, request_id)
    if found is not None:
        await plan(tx, found, practice)


async def _record_step(
    tx: WriteSession,
    found: RecordsRequest,
    act: str,
    day: date,
    *,
    by: str,
    practice: Practice,
    said: str = "",
    key: uuid.UUID | None = None,
) -> None:
    at: datetime = practice.clock()
    step = RecordsRequestStep(
        id=key or new_id(), request_id=found.id, act=act, day=day, done_by=by, done_at=at
    )
    step.said = said[:2000] or None
    await repository.add(tx, step)


async def _held(tx: WriteSession, request_id: uuid.UUID) -> RecordsRequest:
    found = await repository.locked(tx, request_id)
    if found is None:
        raise NotFound("records_request")
    return found


async def _open(tx: WriteSession, request_id: uuid.UUID) -> RecordsRequest:
    found = await _held(tx, request_id)
    if found.closed_at is not None:
        raise Conflict("request_closed")
    return found


def ids_of(found: Sequence[RecordsRequest]) -> list[uuid.UUID]:
    """Their ids."""
    return [each.id for each in found]
