"""What is to be done next with a referral, until when: decided from its history alone. Pure.

The row on the work list is what this says; a test compares the list with it, and time alone changes
nothing but at `changes_at`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lmhg_gateway.features.contacts.public import ABOUT_OTHERS, ANSWERED, Channel, Result, Try
from lmhg_gateway.features.referrals.rules import EXITS, Reason, State
from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.office_hours import OfficeHours


class Step(StrEnum):
    """A next action."""

    FIRST_CALL = "first_call"
    CALL_BACK = "call_back"
    OTHER_WAY = "other_way"
    FINAL_LETTER = "final_letter"
    CLOSE_UNREACHED = "close_unreached"
    REDIRECT = "redirect"
    SCREEN = "screen"
    PAPERWORK = "paperwork"
    INSURANCE = "insurance"
    DECIDE = "decide"
    STILL_WANTED = "still_wanted"
    OFFER_ANSWER = "offer_answer"
    BOOK = "book"
    VISIT = "visit"
    CLOSE_CARE = "close_care"
    TELL_REFERRER = "tell_referrer"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The practice's rules for calls: working days unless a name says otherwise."""

    first_call_days: int = 1
    urgent_hours: int = 48
    """Clock hours after which an urgent person without a clinician is sent to urgent care."""
    attempts: int = 4
    attempts_over_days: int = 14
    """Calendar days over which the tries have to be spread before a final letter."""
    between_days: int = 2
    letter_days: int = 7
    """Calendar days that a final letter gives."""
    paperwork_days: int = 5
    insurance_days: int = 3
    screen_days: int = 2
    decide_days: int = 2
    offer_days: int = 2
    waitlist_days: int = 30
    """Calendar days after which someone on the waitlist is asked again."""
    report_days: int = 2
    fades_days: int = 7
    """Calendar days after which an urgent mark fades, counted from when the person was reached."""


class Waits(StrEnum):
    """What a referral waits for, besides us."""

    PAPERWORK = "paperwork"
    INSURANCE = "insurance"
    FREED_TIME = "freed_time"
    """An answer to a freed time, which has a row of its own on the work list."""


_NOT_PLACED = frozenset({State.RECEIVED, State.CONTACTED, State.SCREENING, State.WAITLISTED})
_TRY_OTHER_AFTER = 2


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A referral's history, as far as its next action depends on it. Tries stand oldest first."""

    state: State
    state_at: datetime
    arrived_at: datetime
    urgency: str = "routine"
    tries: tuple[Try, ...] = ()
    waits_for: Waits | None = None
    waits_since: datetime | None = None
    reason: Reason | None = None
    has_other_ways: bool = False
    """Whether the person allows another way of contact than a call, and has an address for it."""
    tells_referrer: bool = False
    """Whether the referrer may be told how it went."""
    has_visit: bool = True
    """Whether the person has a visit from the day on that the referral was booked."""

    @property
    def reached_at(self) -> datetime | None:
        """When someone last talked with the person."""
        return max((each.at for each in self.tries if each.result is Result.REACHED), default=None)

    @property
    def heard_at(self) -> datetime | None:
        """When the person last answered, or called by themselves."""
        return max((each.at for each in self.tries if each.result in ANSWERED), default=None)

    def unanswered(self, since: datetime) -> list[Try]:
        """Tries to reach the person since a moment and since they last were heard of."""
        begin = max(filter(None, (since, self.heard_at)))
        return [
            each
            for each in self.tries
            if each.at >= begin and each.result not in ANSWERED | ABOUT_OTHERS
        ]


def next_step(facts: Facts, policy: Policy, hours: OfficeHours, *, at: datetime) -> Next | None:
    """What is to be done next; None where the practice owes nothing."""
    step, due = _step(facts, policy, hours)
    if step is None:
        return None
    urgency, fades_at = _urgency(facts, policy, at=at)
    changes = [fades_at] if fades_at else []
    if urgency is Urgency.URGENT and facts.state in _NOT_PLACED:
        came = facts.state_at if facts.reason is Reason.CAME_BACK else facts.arrived_at
        redirect_at = came + timedelta(hours=policy.urgent_hours)
        if at >= redirect_at:
            step, due = Step.REDIRECT, redirect_at
        else:
            due = min(due, redirect_at) if due else redirect_at
            changes.append(redirect_at)
    last = next((each for each in reversed(facts.tries) if each.result not in ABOUT_OTHERS), None)
    return Next(
        step=step.value,
        urgency=urgency,
        since=facts.state_at,
        due_at=due,
        changes_at=min(changes, default=None),
        last_at=last.at if last else None,
    )


def _urgency(facts: Facts, policy: Policy, *, at: datetime) -> tuple[Urgency, datetime | None]:
    """How urgent it is now, and when that fades: some days after the person was reached, never before."""
    urgency = Urgency(facts.urgency)
    if urgency is Urgency.ROUTINE or facts.reached_at is None:
        return urgency, None
    fades_at = facts.reached_at + timedelta(days=policy.fades_days)
    return (Urgency.ROUTINE, None) if at >= fades_at else (urgency, fades_at)


Planned = tuple[Step | None, datetime | None]
"""A step, and until when; no step where nothing is owed."""


def _step(facts: Facts, policy: Policy, hours: OfficeHours) -> Planned:
    if facts.state in EXITS:
        return _after(facts, policy, hours)
    again = _asked_again(facts, hours)
    return (Step.CALL_BACK, again) if again else _PLANS[facts.state](facts, policy, hours)


def _received(facts: Facts, policy: Policy, hours: OfficeHours) -> Planned:
    return _reach(facts, policy, hours, since=facts.arrived_at)


def _booked(facts: Facts, _policy: Policy, hours: OfficeHours) -> Planned:
    if facts.has_visit:
        return Step.VISIT, None
    return Step.BOOK, hours.due(facts.state_at, days=1)


def _after(facts: Facts, policy: Policy, hours: OfficeHours) -> Planned:
    """What is left once it is over: the referrer hears of it, and care that began is closed here."""
    if _has_to_tell(facts):
        return Step.TELL_REFERRER, hours.due(facts.state_at, days=policy.report_days)
    if facts.state is State.ATTENDED:
        return Step.CLOSE_CARE, hours.due(facts.state_at, days=policy.decide_days)
    return None, None


def _has_to_tell(facts: Facts) -> bool:
    """Whether the referrer still has to hear how it went."""
    is_over = facts.state in EXITS or facts.state is State.ATTENDED
    told = any(
        each.at >= facts.state_at for each in facts.tries if each.result is Result.TOLD_REFERRER
    )
    return facts.tells_referrer and is_over and facts.reason is not Reason.DUPLICATE and not told


def _with_them(facts: Facts, policy: Policy, hours: OfficeHours) -> Planned:
    """Someone who was reached: what they or we owe next, unless they have to be called back first."""
    since = facts.waits_since or facts.state_at
    waits_for = facts.waits_for if since >= facts.state_at else None
    if facts.unanswered(facts.state_at):
        return _reach(facts, policy, hours, since=facts.state_at)
    if waits_for is Waits.FREED_TIME and facts.state is State.OFFERED:
        return None, None
    if waits_for is Waits.PAPERWORK:
        return Step.PAPERWORK, hours.due(since, days=policy.paperwork_days)
    if waits_for is Waits.INSURANCE:
        return Step.INSURANCE, hours.due(since, days=policy.insurance_days)
    step, days = {
        State.CONTACTED: (Step.SCREEN, policy.screen_days),
        State.SCREENING: (Step.DECIDE, policy.decide_days),
        State.OFFERED: (Step.OFFER_ANSWER, policy.offer_days),
    }[facts.state]
    return step, hours.due(facts.state_at, days=days)


def _asked_again(facts: Facts, hours: OfficeHours) -> datetime | None:
    """When the last try says to try again, if it does."""
    counted = [each for each in facts.tries if each.result not in ABOUT_OTHERS]
    last = counted[-1] if counted else None
    if last is None or last.again_on is None or last.at < facts.state_at:
        return None
    return max(hours.opening(last.again_on), last.at)


def _waitlisted(facts: Facts, policy: Policy, hours: OfficeHours) -> Planned:
    """Someone on the waitlist is asked each month if they still want it and if the number is right."""
    begin = max(filter(None, (facts.state_at, facts.heard_at)))
    ask_at = begin + timedelta(days=policy.waitlist_days)
    if any(each.at >= ask_at for each in facts.unanswered(begin)):
        return _reach(facts, policy, hours, since=ask_at)
    return Step.STILL_WANTED, hours.start(ask_at)


def _reach(facts: Facts, policy: Policy, hours: OfficeHours, *, since: datetime) -> Planned:
    """How to reach someone: call, call again, another way, a final letter, then close."""
    tried = facts.unanswered(since)
    if not tried:
        return Step.FIRST_CALL, hours.due(since, days=policy.first_call_days)
    letter = next((each for each in tried if _is_letter(each)), None)
    if letter:
        return Step.CLOSE_UNREACHED, hours.start(letter.at + timedelta(days=policy.letter_days))
    first, last = tried[0].at, tried[-1]
    if len(tried) >= policy.attempts:
        over = first + timedelta(days=policy.attempts_over_days)
        return Step.FINAL_LETTER, max(hours.start(over), hours.due(last.at, days=1))
    due = hours.due(last.at, days=1 if last.result is Result.WRONG_NUMBER else policy.between_days)
    return (Step.OTHER_WAY if _needs_other_way(tried, facts) else Step.CALL_BACK), due


def _is_letter(each: Try) -> bool:
    return each.channel is Channel.LETTER and each.result is Result.SENT


def _needs_other_way(tried: Sequence[Try], facts: Facts) -> bool:
    """Calls alone did not help, or the number is wrong; and another way is allowed."""
    is_stuck = len(tried) >= _TRY_OTHER_AFTER or tried[-1].result is Result.WRONG_NUMBER
    return facts.has_other_ways and is_stuck and {each.channel for each in tried} == {Channel.PHONE}


_PLANS: Mapping[State, Callable[[Facts, Policy, OfficeHours], Planned]] = {
    State.RECEIVED: _received,
    State.CONTACTED: _with_them,
    State.SCREENING: _with_them,
    State.OFFERED: _with_them,
    State.WAITLISTED: _waitlisted,
    State.BOOKED: _booked,
    State.ATTENDED: _after,
}
