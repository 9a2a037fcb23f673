"""Why someone is away, who may write that down, and who can cover. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from lmhg_gateway.web.away import AwaySpan
from lmhg_kit.errors import Forbidden


class Reason(StrEnum):
    """Why a colleague is away."""

    VACATION = "vacation"
    SICK = "sick"
    FAMILY = "family"
    TRAINING = "training"
    OTHER = "other"
    LEAVING = "leaving"


REASONS: Mapping[Reason, str] = {
    Reason.VACATION: "Vacation",
    Reason.SICK: "Sick",
    Reason.FAMILY: "Family",
    Reason.TRAINING: "Training",
    Reason.OTHER: "Other",
    Reason.LEAVING: "Leaves for good",
}
DAYS_MAX = 366
"""No absence with an end is longer; who is away for more than a year leaves."""
SHOWN_AHEAD = timedelta(days=14)
"""A client's page says who covers so many days before it begins."""
SHOWN_AFTER = timedelta(days=60)
"""And so many days after someone left for good."""


def problems(reason: Reason, first_on: date, last_on: date | None) -> dict[str, str]:
    """What keeps an absence from being saved, by field."""
    if reason is Reason.LEAVING:
        return {"last_on": "Who leaves for good has no last day here."} if last_on else {}
    if last_on is None:
        return {"last_on": "Write the last day away."}
    if last_on < first_on:
        return {"last_on": "The last day is before the first one."}
    if (last_on - first_on).days >= DAYS_MAX:
        return {"last_on": "That is more than a year. Check the dates."}
    return {}


def touches(one: AwaySpan, first_on: date, last_on: date | None) -> bool:
    """Whether an absence and other days have a day in common."""
    begins_in_time = last_on is None or one.first_on <= last_on
    return begins_in_time and (one.last_on is None or first_on <= one.last_on)


def cannot_cover(absence: AwaySpan, person_id: uuid.UUID, away: Iterable[AwaySpan]) -> bool:
    """Whether someone is away too: on any day of an absence, or as it begins where it has no end."""
    if person_id == absence.person_id:
        return True
    until = absence.last_on or absence.first_on
    return any(
        touches(each, absence.first_on, until) or (absence.last_on is None and each.last_on is None)
        for each in away
        if each.person_id == person_id
    )


def is_shown(first_on: date, last_on: date | None, *, today: date) -> bool:
    """Whether a client's page says who covers."""
    begins_soon = first_on <= today + SHOWN_AHEAD
    return begins_soon and today <= (last_on or first_on + SHOWN_AFTER)


def check_whose(reason: Reason, *, is_own: bool, may_all: bool, may_leave: bool) -> None:
    """Accept one's own absence, or anyone's by who may; leaving is an administrator's. Raises: Forbidden."""
    if reason is Reason.LEAVING and not may_leave:
        raise Forbidden("absence_leaving")
    if not is_own and not may_all:
        raise Forbidden("absence_whose")
