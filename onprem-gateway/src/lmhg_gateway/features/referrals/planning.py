"""A referral's row on the work list: its next action, decided again with each change."""

import uuid
from collections.abc import Sequence
from dataclasses import fields

from msgspec.structs import replace
from sqlalchemy import select

from lmhg_gateway.features.appointments.public import takes_place_after
from lmhg_gateway.features.clients.public import Reach, reach_of
from lmhg_gateway.features.contacts.public import (
    ABOUT_OTHERS,
    ContactAttempt,
    as_tries,
    attempts_of,
    result_words,
)
from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.next_step_rules import Facts, Policy, Waits, next_step
from lmhg_gateway.features.referrals.rules import Reason, State
from lmhg_gateway.features.work_list.public import Next, put_work
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

KIND = "referral"
POLICY_NAMES = tuple(each.name for each in fields(Policy))


async def policy_of(tx: ReadSession) -> Policy:
    """The practice's rules for calls."""
    kept = await repository.call_rules(tx)
    return Policy(**{name: value for name, value in kept.items() if name in POLICY_NAMES})


async def next_of(tx: ReadSession, referral: Referral, practice: Practice) -> Next | None:
    """What is to be done next with a referral, from its history."""
    attempts = await attempts_of(tx, referral.id)
    reach = (await reach_of(tx, [referral.client_id])).get(referral.client_id)
    found = next_step(
        facts_of(referral, attempts, reach, has_visit=await _has_visit(tx, referral, practice)),
        await policy_of(tx),
        await hours_of(tx, practice.zone),
        at=practice.clock(),
    )
    return replace(found, last_words=_last_words(attempts)) if found else None


async def _has_visit(tx: ReadSession, referral: Referral, practice: Practice) -> bool:
    """Whether a booked person's visit is on record: one that takes place from the day of the booking on."""
    if referral.state != State.BOOKED:
        return True
    begins, _ = practice.bounds(practice.day_of(referral.state_at))
    return bool(await tx.scalar(select(takes_place_after(referral.client_id, begins))))


def facts_of(
    referral: Referral,
    attempts: Sequence[ContactAttempt],
    reach: Reach | None,
    *,
    has_visit: bool = True,
) -> Facts:
    """A referral's history, as the rule sees it."""
    return Facts(
        state=State(referral.state),
        state_at=referral.state_at,
        arrived_at=referral.arrived_at or referral.created_at,
        urgency=referral.urgency,
        tries=as_tries(attempts),
        waits_for=Waits(referral.waits_for) if referral.waits_for else None,
        waits_since=referral.waits_since,
        reason=Reason(referral.state_reason) if referral.state_reason else None,
        has_other_ways=reach is not None and _has_other_ways(reach),
        has_visit=has_visit,
        tells_referrer=referral.may_report_back and referral.source_category not in _NO_REFERRER,
    )


_NO_REFERRER = frozenset({"self", "unknown"})


def _has_other_ways(reach: Reach) -> bool:
    return bool((reach.may_text and reach.mobile) or (reach.may_email and reach.email))


def _last_words(attempts: Sequence[ContactAttempt]) -> str:
    last = next(
        (each for each in attempts if not each.undone_at and each.result not in ABOUT_OTHERS), None
    )
    return result_words(last.channel, last.result) if last else ""


async def plan(tx: WriteSession, referral: Referral, practice: Practice) -> None:
    """Put a referral's next action on the work list, or take it off."""
    await tx.flush()
    await put_work(
        tx,
        KIND,
        referral.id,
        await next_of(tx, referral, practice),
        client_id=referral.client_id,
        owner_id=referral.owner_id,
    )


async def plan_one(tx: WriteSession, referral_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named, held until this unit of work ends."""
    referral = await repository.locked(tx, referral_id)
    if referral is not None:
        await plan(tx, referral, practice)


async def unplanned(tx: ReadSession, limit: int) -> Sequence[uuid.UUID]:
    """Open referrals that are missing from the work list."""
    return await repository.not_on(tx, KIND, limit=limit)
