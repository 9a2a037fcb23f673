"""Use cases of authorizations: put down, counted, asked for again, ended; each has its step on the work list."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.authorizations import repository
from lmhg_gateway.features.authorizations.forms import AuthorizationForm, CountForm
from lmhg_gateway.features.authorizations.models import VisitAuthorization
from lmhg_gateway.features.authorizations.rules import (
    WAIT_FOR_ANSWER,
    Allowed,
    Level,
    check_allowed,
    said,
    standing,
)
from lmhg_gateway.features.work_list.public import Next, Urgency, put_work
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

KIND = "visit_authorization"
ASK, RENEW, NONE_LEFT, ANSWER = "more_visits", "renew_date", "no_visits_left", "more_visits_answer"
WORDS_MAX = 60


async def allowed_of(
    tx: ReadSession, rows: Sequence[VisitAuthorization], practice: Practice
) -> dict[uuid.UUID, Allowed]:
    """What each of these allows, with the visits that were used and that are booked."""
    counted = await repository.visits(
        tx, [each.id for each in rows], now=practice.clock(), zone=practice.timezone
    )
    return {each.id: _allowed(each, *counted.get(each.id, (0, 0))) for each in rows}


def _allowed(row: VisitAuthorization, attended: int, booked: int) -> Allowed:
    return Allowed(
        units=row.units,
        used=row.used + attended,
        booked=booked,
        valid_until=row.valid_until,
        warn_units=row.warn_units,
        warn_days=row.warn_days,
    )


async def add(
    tx: WriteSession, referral_id: uuid.UUID, form: AuthorizationForm, *, practice: Practice
) -> VisitAuthorization:
    """Put down what is allowed. Visits attended from today on count by themselves. Raises: NotFound, Invalid."""
    referral = await repository.referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    today = practice.today()
    check_allowed(form.units, used=form.used, valid_until=form.valid_until, today=today)
    made = VisitAuthorization(
        referral_id=referral_id,
        client_id=referral.client_id,
        granted_by=form.granted_by,
        units=form.units,
        used=form.used,
        counts_from=today,
        valid_until=form.valid_until,
        warn_units=form.warn_units,
        warn_days=form.warn_days,
    )
    made.number = form.number or None
    await repository.add(tx, made)
    await plan(tx, made, practice)
    return made


async def count(
    tx: WriteSession, authorization_id: uuid.UUID, form: CountForm, *, practice: Practice
) -> VisitAuthorization:
    """Count one visit more or less by hand. A page that is not new counts nothing. Raises: NotFound, Conflict."""
    row = await _held(tx, authorization_id)
    if form.seen and row.version != form.seen:
        raise Conflict("authorization_changed")
    used = row.used + int(form.step)
    if used < 0 or (row.units is not None and used > row.units):
        raise Conflict("authorization_count")
    row.used = used
    await plan(tx, row, practice)
    return row


async def asked(
    tx: WriteSession, authorization_id: uuid.UUID, *, practice: Practice
) -> VisitAuthorization:
    """Note that someone asked for more. Raises: NotFound, Conflict."""
    row = await _held(tx, authorization_id)
    row.asked_on = practice.today()
    await plan(tx, row, practice)
    return row


async def end(
    tx: WriteSession, authorization_id: uuid.UUID, *, by: str, practice: Practice
) -> VisitAuthorization:
    """It holds no more: another one took its place, or none is needed. Raises: NotFound, Conflict."""
    row = await _held(tx, authorization_id)
    row.ended_by, row.ended_at = by, practice.clock()
    await plan(tx, row, practice)
    return row


async def reopen(
    tx: WriteSession, authorization_id: uuid.UUID, *, practice: Practice
) -> VisitAuthorization:
    """Take the end back. Raises: NotFound."""
    row = await repository.locked(tx, authorization_id)
    if row is None:
        raise NotFound("authorization")
    row.ended_by, row.ended_at = None, None
    await plan(tx, row, practice)
    return row


async def _held(tx: WriteSession, authorization_id: uuid.UUID) -> VisitAuthorization:
    row = await repository.locked(tx, authorization_id)
    if row is None:
        raise NotFound("authorization")
    if row.ended_at is not None:
        raise Conflict("authorization_over")
    return row


def next_of(row: VisitAuthorization, allowed: Allowed, practice: Practice) -> Next | None:
    """What is to be done next with an authorization; nothing while enough is left."""
    today = practice.today()
    found = standing(allowed, today=today)
    if row.ended_at is not None or found.level is Level.FINE:
        return None
    step, due_on = _STEPS[found.level], today
    if found.level is Level.SOON and row.valid_until:
        due_on = row.valid_until
    if row.asked_on and found.level is not Level.OVER:
        step, due_on = ANSWER, row.asked_on + WAIT_FOR_ANSWER
    return Next(
        step=step,
        urgency=Urgency.SOON if found.level is Level.OVER else Urgency.ROUTINE,
        since=row.put_at,
        due_at=practice.bounds(due_on)[1],
        changes_at=practice.bounds(today)[1],
        last_at=row.put_at,
        last_words=said(allowed, today=today)[:WORDS_MAX],
    )


_STEPS = {Level.OVER: NONE_LEFT, Level.LAST: ASK, Level.SOON: RENEW}


async def plan(tx: WriteSession, row: VisitAuthorization, practice: Practice) -> None:
    """Put an authorization on the work list, or take it off."""
    await tx.flush()
    allowed = (await allowed_of(tx, [row], practice))[row.id]
    referral = await repository.referral(tx, row.referral_id)
    found = next_of(row, allowed, practice)
    owner_id = referral.owner_id if referral else None
    await put_work(tx, KIND, row.id, found, client_id=row.client_id, owner_id=owner_id)


async def plan_one(tx: WriteSession, authorization_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named."""
    row = await repository.locked(tx, authorization_id)
    if row is not None:
        await plan(tx, row, practice)
