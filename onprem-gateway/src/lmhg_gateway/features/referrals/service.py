"""Use cases of referrals."""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from lmhg_gateway.features.clients.public import payer_of
from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.forms import MoveForm, NewReferral
from lmhg_gateway.features.referrals.models import Referral, ReferralMove
from lmhg_gateway.features.referrals.planning import plan
from lmhg_gateway.features.referrals.rules import (
    TAKEN_BACK,
    Move,
    State,
    check_move,
    check_payer,
    check_received,
    check_second,
    check_undo,
    waits_since,
)
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.coded import words


async def record(
    tx: WriteSession,
    form: NewReferral,
    *,
    client_id: uuid.UUID,
    by: str,
    practice: Practice,
) -> Referral:
    """Write down a referral of a client, with its first step. Raises: Invalid."""
    at, today = practice.clock(), practice.today()
    check_received(form.received_on, today=today)
    check_payer(form.payer, name=form.payer_name)
    check_second(await repository.oldest_open(tx, client_id), why=form.why_another)
    arrived_at = waits_since(form.received_on, at=at, today=today)
    payer = payer_of(form.payer, form.payer_name)
    referral = Referral(
        client_id=client_id,
        source_category=form.source_category,
        received_on=form.received_on,
        channel=form.channel,
        concern_code=form.concern_code,
        urgency=form.urgency,
        payer=payer.code,
        may_contact=form.may_contact,
        may_report_back=form.may_report_back,
        state=State.RECEIVED.value,
        state_at=arrived_at,
        arrived_at=arrived_at,
        taken_by=person_id(by),
    )
    referral.source = form.source or None
    referral.concern = form.concern or None
    referral.payer_name = payer.name or None
    await repository.add(tx, referral)
    await repository.add(
        tx,
        ReferralMove(
            referral_id=referral.id, from_state=None, to_state=State.RECEIVED.value,
            reason=form.why_another or None, moved_by=by, moved_at=at,
        ),
    )  # fmt: skip
    await plan(tx, referral, practice)
    return referral


def person_id(by: str) -> uuid.UUID | None:
    """The account of who acts; None for a program."""
    try:
        return uuid.UUID(by)
    except ValueError:
        return None


async def move(
    tx: WriteSession, referral_id: uuid.UUID, form: MoveForm, *, by: str, practice: Practice
) -> ReferralMove:
    """Take one step of the transition table; the step. Raises: NotFound, Conflict, Invalid."""
    referral = await repository.locked(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    if referral.state != form.seen:
        raise Conflict("referral_moved")
    step = check_move(State(referral.state), to=form.to, reason=form.reason)
    made = await take_step(tx, referral, step, by=by, at=practice.clock())
    await plan(tx, referral, practice)
    return made


async def take_step(
    tx: WriteSession, referral: Referral, step: Move, *, by: str, at: datetime
) -> ReferralMove:
    """Write one step down that the table allows; what the referral waited for is over with it."""
    reason = step.reason.value if step.reason else None
    made = ReferralMove(
        referral_id=referral.id,
        from_state=referral.state,
        to_state=step.to.value,
        reason=reason,
        moved_by=by,
        moved_at=at,
    )
    await repository.add(tx, made)
    referral.state, referral.state_reason, referral.state_at = step.to.value, reason, at
    return made


async def undo(
    tx: WriteSession,
    referral_id: uuid.UUID,
    move_id: uuid.UUID,
    *,
    by: str,
    practice: Practice,
) -> Referral:
    """Take back one's own last step, shortly after it; the wait goes on as it was.

    What was taken back stays so: the step is taken again instead. Raises: NotFound, Conflict.
    """
    at = practice.clock()
    referral = await repository.locked(tx, referral_id)
    last = await repository.last_move(tx, referral_id)
    if referral is None or last is None:
        raise NotFound("referral")
    if last.id != move_id or last.from_state is None or last.reason == TAKEN_BACK:
        raise Conflict("referral_moved")
    check_undo(
        referral.state,
        moved_to=last.to_state,
        moved_by=last.moved_by,
        moved_at=last.moved_at,
        by=by,
        at=at,
    )
    back = ReferralMove(
        referral_id=referral.id,
        from_state=last.to_state,
        to_state=last.from_state,
        reason=TAKEN_BACK,
        moved_by=by,
        moved_at=at,
    )
    await repository.add(tx, back)
    entered = await repository.step_into(tx, referral_id, last.from_state, before=last.moved_at)
    since = entered.moved_at if entered else at
    if entered and entered.from_state is None:
        since = waits_since(referral.received_on, at=since, today=practice.day_of(since))
    why = entered.reason if entered and entered.from_state is not None else None
    referral.state, referral.state_reason, referral.state_at = last.from_state, why, since
    await plan(tx, referral, practice)
    return referral


INTAKE_ACTOR = "process: worker"
CLOSED = "closed"


async def receive_intake(
    tx: WriteSession, client_id: uuid.UUID, *, received_at: datetime, practice: Practice
) -> None:
    """Open a referral for a client whose first intake arrived, unless one is open.

    It says nothing that the intake does not: who referred, what about, and whether they may be called.
    """
    held = await tx.scalar(
        select(Referral.id)
        .where(Referral.client_id == client_id, Referral.state != CLOSED)
        .limit(1)
    )
    if held is not None:
        return
    came, now = practice.day_of(received_at), practice.clock()
    referral = Referral(
        client_id=client_id,
        source_category="unknown",
        received_on=came,
        channel="intake_form",
        concern_code="unknown",
        may_contact=False,
        state="received",
        state_at=waits_since(came, at=now, today=practice.day_of(now)),
        arrived_at=waits_since(came, at=now, today=practice.day_of(now)),
    )
    tx.add(referral)
    await tx.flush()
    tx.add(
        ReferralMove(
            referral_id=referral.id,
            to_state="received",
            moved_by=INTAKE_ACTOR,
            moved_at=referral.state_at,
        )
    )
    await plan(tx, referral, practice)


async def client_of(tx: ReadSession, referral_id: uuid.UUID) -> uuid.UUID:
    """Whose referral it is. Raises: NotFound."""
    found = await repository.by_id(tx, referral_id)
    if found is None:
        raise NotFound("referral")
    return found.client_id


class Moved(NamedTuple):
    """A step that someone took with a referral, in words."""

    at: datetime
    client_id: uuid.UUID
    referral_id: uuid.UUID
    said: str
    by: str


async def moved_between(
    tx: ReadSession, begin: datetime, end: datetime, *, by_programs: bool = False, limit: int
) -> list[Moved]:
    """What people did with referrals in a stretch of time, or programs; newest first."""
    return [
        Moved(
            each.moved_at, client_id, each.referral_id,
            f"Moved to {words(each.to_state).lower()}" if each.from_state else "New referral",
            each.moved_by,
        )
        for each, client_id in await repository.moves_between(
            tx, begin, end, by_programs=by_programs, limit=limit
        )
    ]  # fmt: skip
