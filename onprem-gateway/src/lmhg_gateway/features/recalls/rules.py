"""Who is asked to come back, when, and why not. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.errors import Invalid
from lmhg_kit.office_hours import OfficeHours

QUIET_AFTER = timedelta(days=14)
"""How long after a visit with nothing booked someone is on the list."""
LISTED_FOR = timedelta(days=183)
"""How long they stay on it while no one decides anything."""
AHEAD_MAX = timedelta(days=400)
STEP = "recall_call"


class Outcome(StrEnum):
    """What was decided about someone who has nothing booked."""

    LATER = "later"
    OVER = "over"


class Reason(StrEnum):
    """Why someone has nothing booked."""

    BREAK = "break"
    AWAY = "away"
    COST = "cost"
    NO_REPLY = "no_reply"
    FINISHED = "finished"
    OTHER_CARE = "other_care"
    OTHER = "other"


REASONS: Mapping[Reason, str] = {
    Reason.BREAK: "Wants a break",
    Reason.AWAY: "Is away",
    Reason.COST: "Cost or insurance",
    Reason.NO_REPLY: "Does not answer",
    Reason.FINISHED: "Care is complete",
    Reason.OTHER_CARE: "Has other care",
    Reason.OTHER: "Another reason",
}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether someone is called again because of a decision."""

    outcome: Outcome
    month: date | None
    decided_at: datetime
    is_newest: bool
    """Whether nothing newer was decided about this client, and it was not taken back."""
    is_busy: bool
    """Whether they have an appointment or an open referral since."""


def month_start(day: date) -> date:
    """The first day of a month."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month that comes so many months later."""
    years, rest = divmod(month.month - 1 + count, 12)
    return date(month.year + years, rest + 1, 1)


def check_decision(outcome: Outcome, month: date | None, *, today: date) -> date | None:
    """The month of a decision: the first day of one that is not over. Raises: Invalid."""
    if outcome is Outcome.OVER:
        return None
    if month is None:
        raise Invalid("recall", fields={"month": "Choose the month to ask again."})
    wanted = month_start(month)
    if not month_start(today) <= wanted <= today + AHEAD_MAX:
        raise Invalid("recall", fields={"month": "Choose a month from now on, within a year."})
    return wanted


def next_call(facts: Facts, hours: OfficeHours, *, at: datetime) -> Next | None:
    """The call that a decision asks for, once its month has come."""
    if facts.outcome is not Outcome.LATER or facts.month is None:
        return None
    if not facts.is_newest or facts.is_busy:
        return None
    opens = hours.opening(facts.month)
    if at < opens and facts.month > at.astimezone(hours.zone).date():
        return None
    return Next(
        step=STEP,
        urgency=Urgency.ROUTINE,
        since=facts.decided_at,
        due_at=hours.due(hours.opening(month_after(facts.month) - timedelta(days=7)), days=0),
    )
