"""Who is owed a good-faith estimate, and until when. Pure. Source: 45 CFR 149.610 (b)(1)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.errors import Conflict
from lmhg_kit.office_hours import OfficeHours


class Why(StrEnum):
    """What an estimate is owed for."""

    REFERRAL = "referral"
    BOOKED = "booked"
    ASKED = "asked"
    CHANGED = "changed"


WHY: Mapping[Why, str] = {
    Why.REFERRAL: "A referral of someone who pays themselves",
    Why.BOOKED: "A visit was booked",
    Why.ASKED: "The person asked for it",
    Why.CHANGED: "Something changed",
}
GIVEN, NOT_OWED, SHORT_NOTICE = "given", "not_owed", "short_notice"
OUTCOMES: Mapping[str, str] = {
    GIVEN: "Given",
    NOT_OWED: "Not needed",
    SHORT_NOTICE: "Not owed: booked at short notice",
}
HOW: Mapping[str, str] = {
    "paper": "On paper",
    "mail": "By mail",
    "email": "By email",
    "portal": "In the client portal",
}
SOON_AHEAD, LONG_AHEAD = 3, 10
"""Working days between booking and visit: from 3 on an estimate is owed, from 10 on there is more time."""
SHORT, LONG = 1, 3
"""Working days that there are to give it."""
COVERS_DAYS = 365
"""A given estimate covers visits of the same care for a year."""
UNDO_FOR = timedelta(minutes=10)
LOOK_MAX = 400
GIVE = "give_estimate"


def days_ahead(hours: OfficeHours, booked_on: date, visit_on: date) -> int:
    """Working days from the day of booking to that of the visit, which counts; up to ten and no more."""
    found = 0
    for number in range(1, min((visit_on - booked_on).days, LOOK_MAX) + 1):
        found += hours.is_open_on(booked_on + timedelta(days=number))
        if found == LONG_AHEAD:
            break
    return found


def days_allowed(why: Why, ahead: int | None) -> int | None:
    """Working days to give it: 1, or 3 where the visit is far off or there is none; none if not owed."""
    if why in {Why.ASKED, Why.REFERRAL} or ahead is None:
        return LONG
    if ahead < SOON_AHEAD:
        return None
    return SHORT if ahead < LONG_AHEAD else LONG


def due_at(
    hours: OfficeHours, why: Why, *, began_at: datetime, visit_on: date | None
) -> datetime | None:
    """Until when an estimate is owed; None where it is not owed at all."""
    began_on = began_at.astimezone(hours.zone).date()
    ahead = days_ahead(hours, began_on, visit_on) if visit_on else None
    days = days_allowed(why, ahead)
    return None if days is None else hours.due(began_at, days=days)


def covers(given_on: date, visit_on: date) -> bool:
    """Whether an estimate that was given on a day covers a visit."""
    return visit_on <= given_on + timedelta(days=COVERS_DAYS)


def next_of(due: datetime, *, began_at: datetime, is_closed: bool, at: datetime) -> Next | None:
    """To give it, until its time; nothing once it is closed."""
    if is_closed:
        return None
    is_late = at >= due
    return Next(
        step=GIVE,
        urgency=Urgency.SOON if is_late else Urgency.ROUTINE,
        since=began_at,
        due_at=due,
        changes_at=None if is_late else due,
    )


def check_undo(closed_at: datetime | None, *, closed_by: str | None, by: str, at: datetime) -> None:
    """Accept that one takes one's own answer back, shortly after it. Raises: Conflict."""
    if closed_at is None or closed_by != by or at >= closed_at + UNDO_FOR:
        raise Conflict("estimate_undo")
