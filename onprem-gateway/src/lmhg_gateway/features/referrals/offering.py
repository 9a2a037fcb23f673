"""Steps of a referral that follow from an offer of a freed time: offered, taken, or back on the waitlist."""

import uuid
from datetime import datetime

from lmhg_gateway.features.referrals import repository, service
from lmhg_gateway.features.referrals.models import ReferralMove
from lmhg_gateway.features.referrals.next_step_rules import Waits
from lmhg_gateway.features.referrals.planning import plan
from lmhg_gateway.features.referrals.rules import Reason, State, check_move
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


async def offer_step(
    tx: WriteSession,
    referral_id: uuid.UUID,
    *,
    to: State,
    reason: Reason | None = None,
    by: str,
    practice: Practice,
) -> ReferralMove:
    """Take the step that an offer makes, by the transition table. Raises: NotFound, Conflict.

    While someone is offered a freed time, the offer has the row on the work list and the referral none.
    """
    referral = await repository.locked(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    step, at = check_move(State(referral.state), to=to, reason=reason), practice.clock()
    made = await service.take_step(tx, referral, step, by=by, at=at)
    is_asked = to is State.OFFERED
    referral.waits_for = Waits.FREED_TIME.value if is_asked else None
    referral.waits_since = at if is_asked else None
    await plan(tx, referral, practice)
    return made


async def take_back_step(
    tx: WriteSession,
    referral_id: uuid.UUID,
    *,
    came_to: State,
    since: datetime,
    by: str,
    practice: Practice,
) -> bool:
    """Take back the step that the answer to an offer made; whether the referral was still there.

    The person has the offer again. Raises: Conflict where it is too late.
    """
    referral = await repository.locked(tx, referral_id)
    last = await repository.last_move(tx, referral_id)
    if referral is None or last is None or referral.state != came_to:
        return False
    came = (last.from_state, last.to_state, last.moved_by)
    if came != (State.OFFERED, came_to, by) or last.moved_at < since:
        return False
    await service.undo(tx, referral_id, last.id, by=by, practice=practice)
    referral.waits_for, referral.waits_since = Waits.FREED_TIME.value, referral.state_at
    await plan(tx, referral, practice)
    return True


async def state_of(tx: ReadSession, referral_id: uuid.UUID) -> State | None:
    """Where a referral is; None where there is none."""
    found = await repository.by_id(tx, referral_id)
    return State(found.state) if found else None
