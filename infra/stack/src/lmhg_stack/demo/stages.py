"""The demo's referrals along their way: called, booked, over; some with tries behind them, some urgent.

In a process of its own, `python -m lmhg_stack.demo.stages`, with LMHG_DATABASE_URL (on-prem, as
lmhg_migrator) and LMHG_KEYRING_FILE: which keys are installed is a fact of a whole process.
"""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.contacts.forms import AttemptForm
from lmhg_gateway.features.contacts.rules import Channel, Result
from lmhg_gateway.features.referrals.forms import MoveForm
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.planning import plan
from lmhg_gateway.features.referrals.rules import Reason, State
from lmhg_gateway.features.referrals.service import move
from lmhg_gateway.features.referrals.trying import try_contact
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_kit.practice import Practice
from lmhg_stack.people import member
from lmhg_stack.plan import TIMEZONE

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


TRIES: Mapping[int, tuple[tuple[Channel, Result, int], ...]] = {
    7: ((Channel.PHONE, Result.REACHED, 2),),
    11: ((Channel.PHONE, Result.NO_ANSWER, 1),),
    16: ((Channel.PHONE, Result.LEFT_VOICEMAIL, 3),),
    19: ((Channel.PHONE, Result.NO_ANSWER, 4), (Channel.PHONE, Result.LEFT_VOICEMAIL, 2)),
    22: ((Channel.PHONE, Result.WRONG_NUMBER, 1),),
}
"""Tries to reach the person, by the referral's place in `WAYS`: how, with what result, days ago."""
URGENT, SOON = frozenset({23}), frozenset({15, 21})
"""Referrals that are more urgent than others, by their place in `WAYS`."""
_SAID = {(Channel.PHONE, Result.WRONG_NUMBER): "Someone else answered."}


async def spread(url: str) -> None:
    """Take every referral that nobody has worked on its way, by the front desk, on days since it came."""
    db = Database(url, pool_size=1, role=owner_for(url))
    desk = str(member(DESK).id)
    try:
        async with db.uow(Actor(desk), "demo referrals") as tx:
            fresh = select(Referral).where(Referral.state == State.RECEIVED.value)
            order = fresh.order_by(Referral.state_at, Referral.id).limit(len(WAYS))
            found = (await tx.scalars(order)).all()
            for number, (referral, way) in enumerate(zip(found, WAYS, strict=False)):
                referral.urgency = _urgency(number)
                referral.owner_id = member(DESK).id if number % 3 == 0 else None
                await _allow(tx, referral, number)
                await _walk(tx, referral, way, by=desk)
                await _try(tx, referral, TRIES.get(number, ()), by=desk)
                await plan(tx, referral, _then(utc_now()))
    finally:
        await db.close()


def _urgency(number: int) -> str:
    return "urgent" if number in URGENT else "soon" if number in SOON else "routine"


async def _allow(tx: WriteSession, referral: Referral, number: int) -> None:
    """Most people allow a voicemail, some a text, some an email."""
    client = await tx.get_one(Client, referral.client_id)
    client.may_voicemail, client.may_text = number % 4 != 1, number % 3 == 0
    client.may_email, client.may_mail = number % 2 == 0, True
    await tx.flush()


async def _walk(tx: WriteSession, referral: Referral, way: Way, *, by: str) -> None:
    """Its steps, evenly on the days since it came."""
    begun = referral.state_at
    for step, at in zip(way, moments(begun, utc_now(), len(way)), strict=True):
        if step.to is State.CONTACTED:
            reached = AttemptForm(channel=Channel.PHONE, result=Result.REACHED)
            await try_contact(tx, referral.id, reached, by=by, practice=_then(at))
            continue
        form = MoveForm(seen=State(referral.state), to=step.to, reason=step.reason)
        await move(tx, referral.id, form, by=by, practice=_then(at))


async def _try(
    tx: WriteSession,
    referral: Referral,
    tries: Sequence[tuple[Channel, Result, int]],
    *,
    by: str,
) -> None:
    """The tries to reach the person, some days ago; none before the referral came."""
    for channel, result, days in tries:
        at = max(utc_now() - timedelta(days=days), referral.state_at + timedelta(minutes=5))
        note = _SAID.get((channel, result), "")
        form = AttemptForm(channel=channel, result=result, note=note)
        await try_contact(tx, referral.id, form, by=by, practice=_then(at))


def _then(at: datetime) -> Practice:
    """The demo practice at a moment."""
    return Practice(TIMEZONE, clock=lambda: at)


def moments(begun: datetime, now: datetime, count: int) -> Iterator[datetime]:
    """So many moments between two, evenly."""
    return (begun + (now - begun) * (number + 1) / (count + 1) for number in range(count))


def counted(ways: Sequence[Way]) -> dict[State, int]:
    """How many referrals end in each state."""
    ends = [way[-1].to if way else State.RECEIVED for way in ways]
    return {state: ends.count(state) for state in State}


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(spread(environ["LMHG_DATABASE_URL"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
