"""Use cases of recalls: decide when to ask someone again, take it back, and put the call on the work list."""

import uuid
from datetime import date

from lmhg_gateway.features.clients.public import held_clients
from lmhg_gateway.features.contacts.public import (
    AttemptForm,
    ContactAttempt,
    check_try,
    log_attempt,
)
from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.recalls import repository
from lmhg_gateway.features.recalls.forms import DecideForm
from lmhg_gateway.features.recalls.models import Recall
from lmhg_gateway.features.recalls.rules import (
    Facts,
    Outcome,
    Reason,
    check_decision,
    month_after,
    month_start,
    next_call,
)
from lmhg_gateway.features.work_list.public import Next, of_subject, put_work
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

KIND = "recall"


async def decide(
    tx: WriteSession, client_id: uuid.UUID, form: DecideForm, *, by: str, practice: Practice
) -> Recall:
    """Decide when to ask a client again, or not to. Raises: NotFound, Invalid."""
    month = check_decision(form.outcome, form.month, today=practice.today())
    await held_clients(tx, [client_id])  # two who decide at once do so one after the other
    before = await repository.of_client(tx, client_id)
    made = Recall(
        client_id=client_id,
        outcome=form.outcome.value,
        month=month,
        reason=form.reason.value,
        decided_by=by,
        decided_at=practice.clock(),
    )
    made.note = form.note or None
    await repository.add(tx, made)
    for each in before[:1]:
        await plan(tx, each, practice)
    await plan(tx, made, practice)
    return made


async def put_off(
    tx: WriteSession, recall_id: uuid.UUID, *, seen: int, by: str, practice: Practice
) -> Recall:
    """Ask a client a month later than decided, or than now. Raises: NotFound, Conflict."""
    found = await _held(tx, recall_id)
    await _check_seen(tx, recall_id, seen)
    start = max(found.month or practice.today(), month_start(practice.today()))
    form = DecideForm(
        outcome=Outcome.LATER, month=month_after(start), reason=Reason(found.reason), note=""
    )
    return await decide(tx, found.client_id, form, by=by, practice=practice)


async def end(
    tx: WriteSession, recall_id: uuid.UUID, *, seen: int, by: str, practice: Practice
) -> Recall:
    """Ask a client no more. Raises: NotFound, Conflict."""
    found = await _held(tx, recall_id)
    await _check_seen(tx, recall_id, seen)
    form = DecideForm(outcome=Outcome.OVER, month=None, reason=Reason(found.reason), note="")
    return await decide(tx, found.client_id, form, by=by, practice=practice)


async def try_contact(
    tx: WriteSession, recall_id: uuid.UUID, form: AttemptForm, *, by: str, practice: Practice
) -> ContactAttempt:
    """Note a try to reach a client who is to come back. Raises: NotFound, Invalid, Conflict."""
    check_try(form.channel, form.result, form.again_on, today=practice.today())
    found = await _held(tx, recall_id)
    await _check_seen(tx, recall_id, form.seen)
    return await log_attempt(
        tx,
        form,
        client_id=found.client_id,
        referral_id=None,
        moved_by=None,
        by=by,
        at=practice.clock(),
    )


async def undo(tx: WriteSession, recall_id: uuid.UUID, *, by: str, practice: Practice) -> Recall:
    """Take one's own decision back: what was decided before holds again. Raises: NotFound, Conflict."""
    found = await _held(tx, recall_id)
    if found.decided_by != by:
        raise Conflict("recall_of_other")
    if found.undone_at is None:
        await held_clients(tx, [found.client_id])
        found.undone_at = practice.clock()
        await plan(tx, found, practice)
        for each in (await repository.of_client(tx, found.client_id))[:1]:
            await plan(tx, each, practice)
    return found


async def _held(tx: WriteSession, recall_id: uuid.UUID) -> Recall:
    found = await repository.locked(tx, recall_id)
    if found is None:
        raise NotFound("recall")
    return found


async def _check_seen(tx: WriteSession, recall_id: uuid.UUID, seen: int) -> None:
    if seen:
        item = await of_subject(tx, KIND, recall_id)
        if item is None or item.version != seen:
            raise Conflict("recall_changed")


async def next_of(tx: ReadSession, recall: Recall, practice: Practice) -> Next | None:
    """The call that a decision asks for now, if any."""
    is_newest, is_busy = await repository.holds(tx, recall.id)
    facts = Facts(
        outcome=Outcome(recall.outcome),
        month=recall.month,
        decided_at=recall.decided_at,
        is_newest=is_newest,
        is_busy=is_busy,
    )
    return next_call(facts, await hours_of(tx, practice.zone), at=practice.clock())


async def plan(tx: WriteSession, recall: Recall, practice: Practice) -> None:
    """Put the call that a decision asks for on the work list, or take it off."""
    await tx.flush()
    found = await next_of(tx, recall, practice)
    await put_work(tx, KIND, recall.id, found, client_id=recall.client_id, owner_id=None)


async def plan_one(tx: WriteSession, recall_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named, held until this unit of work ends."""
    found = await repository.locked(tx, recall_id)
    if found is not None:
        await plan(tx, found, practice)


async def unplanned(tx: ReadSession, limit: int) -> list[uuid.UUID]:
    """Decisions whose call should be on the work list and is not."""
    return [*await repository.not_on(tx, KIND, limit=limit)]


def months_from(today: date) -> list[date]:
    """The months that can be chosen: this one and the next twelve."""
    return [month_after(month_start(today), count) for count in range(13)]
