"""Reaching the person of a referral: each try is noted, and decides what comes next."""

import uuid

from lmhg_gateway.features.contacts.public import (
    AttemptForm,
    Channel,
    ContactAttempt,
    Result,
    check_try,
    log_attempt,
    repeated,
    take_back,
)
from lmhg_gateway.features.referrals import repository, service
from lmhg_gateway.features.referrals.models import Referral, ReferralMove
from lmhg_gateway.features.referrals.next_step_rules import Waits
from lmhg_gateway.features.referrals.planning import KIND, plan
from lmhg_gateway.features.referrals.rules import EXITS, Move, Reason, State, check_move
from lmhg_gateway.features.work_list.public import of_subject
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice


async def try_contact(
    tx: WriteSession, referral_id: uuid.UUID, form: AttemptForm, *, by: str, practice: Practice
) -> ContactAttempt:
    """Note a try. Someone new who was reached is contacted with it; a button pressed twice counts once.

    Raises: NotFound, Conflict where someone else changed the row that the person saw.
    """
    check_try(form.channel, form.result, form.again_on, today=practice.today())
    at = practice.clock()
    referral = await _held(tx, referral_id)
    if again := await repeated(tx, referral_id, form, by=by, at=at):
        return again
    await _check_seen(tx, referral_id, form.seen)
    moved = None
    if form.result is Result.REACHED and referral.state == State.RECEIVED:
        step = check_move(State.RECEIVED, to=State.CONTACTED, reason=None)
        moved = await service.take_step(tx, referral, step, by=by, at=at)
    made = await log_attempt(
        tx,
        form,
        client_id=referral.client_id,
        referral_id=referral.id,
        moved_by=moved.id if moved else None,
        by=by,
        at=at,
    )
    await plan(tx, referral, practice)
    return made


async def untry(
    tx: WriteSession,
    referral_id: uuid.UUID,
    attempt_id: uuid.UUID,
    *,
    by: str,
    practice: Practice,
) -> None:
    """Take back one's own try, with the step that came with it. Raises: NotFound, Conflict."""
    referral = await _held(tx, referral_id)
    attempt = await take_back(tx, attempt_id, by=by, at=practice.clock())
    if attempt.referral_id != referral_id:
        raise NotFound("attempt")
    if attempt.moved_by is not None:
        await service.undo(tx, referral_id, attempt.moved_by, by=by, practice=practice)
    await plan(tx, referral, practice)


async def give_up(
    tx: WriteSession,
    referral_id: uuid.UUID,
    wanted: Move,
    *,
    seen: int,
    by: str,
    practice: Practice,
) -> ReferralMove:
    """End a referral from wherever it is, as its row on the work list asks. Raises: NotFound, Conflict."""
    referral = await _held(tx, referral_id)
    await _check_seen(tx, referral_id, seen)
    step = check_move(State(referral.state), to=wanted.to, reason=wanted.reason)
    made = await service.take_step(tx, referral, step, by=by, at=practice.clock())
    await plan(tx, referral, practice)
    return made


async def wait_for(
    tx: WriteSession,
    referral_id: uuid.UUID,
    waits: Waits | None,
    *,
    practice: Practice,
    seen: int = 0,
) -> None:
    """Say what a referral waits for besides us, or that it came. Raises: NotFound, Conflict."""
    referral = await _held(tx, referral_id)
    await _check_seen(tx, referral_id, seen)
    referral.waits_for = waits.value if waits else None
    referral.waits_since = practice.clock() if waits else None
    await plan(tx, referral, practice)


async def own(
    tx: WriteSession, referral_id: uuid.UUID, owner_id: uuid.UUID | None, *, practice: Practice
) -> None:
    """Say who sees to a referral from now on. Raises: NotFound."""
    referral = await _held(tx, referral_id)
    referral.owner_id = owner_id
    await plan(tx, referral, practice)


async def rang_back(
    tx: WriteSession, client_id: uuid.UUID, *, by: str, practice: Practice
) -> ContactAttempt:
    """Put a client back on the work list because they called: to be called back today.

    A closed referral opens again. Raises: NotFound where the client has none.
    """
    newest = await repository.newest_of_client(tx, client_id)
    if newest is None:
        raise NotFound("referral")
    referral, at = await _held(tx, newest.id), practice.clock()
    form = AttemptForm(channel=Channel.PHONE, result=Result.RANG_BACK, again_on=practice.today())
    again = await repeated(tx, referral.id, form, by=by, at=at)
    if again and referral.state not in EXITS:
        return again
    moved = None
    if referral.state in EXITS:
        step = check_move(State(referral.state), to=State.CONTACTED, reason=Reason.CAME_BACK)
        moved = await service.take_step(tx, referral, step, by=by, at=at)
    made = await log_attempt(
        tx,
        form,
        client_id=client_id,
        referral_id=referral.id,
        moved_by=moved.id if moved else None,
        by=by,
        at=at,
    )
    await plan(tx, referral, practice)
    return made


async def _check_seen(tx: WriteSession, referral_id: uuid.UUID, seen: int) -> None:
    """Accept a step on a row that is as the person saw it; 0 asks for no comparison. Raises: Conflict."""
    if not seen:
        return
    item = await of_subject(tx, KIND, referral_id)
    if item is None or item.version != seen:
        raise Conflict("referral_moved")


async def _held(tx: WriteSession, referral_id: uuid.UUID) -> Referral:
    referral = await repository.locked(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    return referral
