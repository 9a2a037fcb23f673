"""The demo's referrals along their way: some wait for a first call, some are booked, some are over."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from lmhg_gateway.features.referrals.forms import MoveForm
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.rules import Reason, State
from lmhg_gateway.features.referrals.service import move
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.install import owner_for
from lmhg_stack.people import member

DESK = "front@lmhg.test"


class Step(NamedTuple):
    """One step of a way, with its reason where it needs one."""

    to: State
    reason: Reason | None = None


Way = tuple[Step, ...]
_CALLED: Way = (Step(State.CONTACTED),)
_SCREENED: Way = (*_CALLED, Step(State.SCREENING))
_WAITS: Way = (*_SCREENED, Step(State.WAITLISTED))
_OFFERED: Way = (*_WAITS, Step(State.OFFERED))
_BOOKED: Way = (*_OFFERED, Step(State.BOOKED))
_ATTENDED: Way = (*_BOOKED, Step(State.ATTENDED))
WAYS: tuple[Way, ...] = (
    (*_ATTENDED, Step(State.CLOSED, Reason.CARE_STARTED)),
    (*_ATTENDED, Step(State.CLOSED, Reason.CARE_STARTED)),
    (*_CALLED, Step(State.CLOSED, Reason.UNREACHABLE)),
    (*_SCREENED, Step(State.DECLINED, Reason.PAYER_NOT_ACCEPTED)),
    (*_SCREENED, Step(State.REFERRED_OUT, Reason.HIGHER_LEVEL_OF_CARE)),
    _ATTENDED,
    _ATTENDED,
    _WAITS,
    _BOOKED,
    _OFFERED,
    _BOOKED,
    _WAITS,
    _SCREENED,
    _BOOKED,
    _OFFERED,
    _WAITS,
    _CALLED,
    _SCREENED,
    _CALLED,
    (),
    _SCREENED,
    _CALLED,
    (),
    (),
    (),
)
"""How far each referral is, the oldest first."""


async def spread(facts: dict[str, Any]) -> None:
    """Take every referral that nobody has worked on its way, by the front desk, on days since it came."""
    url = facts["databases"]["onprem"]["lmhg_migrator"]
    db = Database(url, pool_size=1, role=owner_for(url))
    desk, now = str(member(DESK).id), utc_now()
    try:
        async with db.uow(Actor(desk), "demo referrals") as tx:
            fresh = select(Referral).where(Referral.state == State.RECEIVED.value)
            order = fresh.order_by(Referral.state_at, Referral.id).limit(len(WAYS))
            found = (await tx.scalars(order)).all()
            for referral, way in zip(found, WAYS, strict=False):
                begun = referral.state_at
                for step, at in zip(way, moments(begun, now, len(way)), strict=True):
                    form = MoveForm(seen=State(referral.state), to=step.to, reason=step.reason)
                    await move(tx, referral.id, form, by=desk, at=at)
    finally:
        await db.close()


def moments(begun: datetime, now: datetime, count: int) -> Iterator[datetime]:
    """So many moments between two, evenly."""
    return (begun + (now - begun) * (number + 1) / (count + 1) for number in range(count))


def counted(ways: Sequence[Way]) -> dict[State, int]:
    """How many referrals end in each state."""
    ends = [way[-1].to if way else State.RECEIVED for way in ways]
    return {state: ends.count(state) for state in State}
