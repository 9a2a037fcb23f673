"""Until when a request has to be answered, and when it comes onto the work list. Pure.

Access: 30 days and one extension of 30 (45 CFR 164.524 (b)). Amendment: 60 days and one extension of 30
(164.526 (b)). For restrictions and confidential communications (164.522) the law names no day: ours keep
anyone from waiting without an end.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.door import FIRST_DAY


class Kind(StrEnum):
    """What someone asks for."""

    RECORDS = "records"
    AMENDMENT = "amendment"
    RESTRICTION = "restriction"
    CONFIDENTIAL = "confidential"


class Clock(NamedTuple):
    """How many days an answer may take, by how many that can be extended, and how early it is on the list."""

    days: int
    more: int
    """Days of the one extension; none where there is no extension."""
    lead: int
    """Days before the end on which it comes onto the work list."""
    is_law: bool


CLOCKS: Mapping[Kind, Clock] = {
    Kind.RECORDS: Clock(30, 30, 10, is_law=True),
    Kind.AMENDMENT: Clock(60, 30, 20, is_law=True),
    Kind.RESTRICTION: Clock(30, 0, 20, is_law=False),
    Kind.CONFIDENTIAL: Clock(10, 0, 10, is_law=False),
}
SOON_DAYS = 3
"""So many days before the end, and from then on, it is marked; someone's need for care comes first anyway."""
ANSWER, ANSWER_LATE = "answer_request", "answer_late"


def due_on(kind: Kind, received_on: date, *, is_extended: bool = False) -> date:
    """The last day on which a request may be answered."""
    clock = CLOCKS[kind]
    return received_on + timedelta(days=clock.days + (clock.more if is_extended else 0))


def listed_from(kind: Kind, due: date) -> date:
    """The day on which it comes onto the work list: of a records request day 20."""
    return due - timedelta(days=CLOCKS[kind].lead)


def can_extend(kind: Kind, due: date, *, is_extended: bool, is_closed: bool, today: date) -> bool:
    """Whether the one extension can be used now: while the first time still runs."""
    return CLOCKS[kind].more > 0 and not is_extended and not is_closed and today <= due


def check_extension(
    kind: Kind, due: date, *, is_extended: bool, is_closed: bool, today: date
) -> None:
    """Accept the one extension. Raises: Conflict."""
    if not can_extend(kind, due, is_extended=is_extended, is_closed=is_closed, today=today):
        raise Conflict("request_extension")


def check_received(day: date, *, today: date) -> None:
    """Accept the day on which a request came. Raises: Invalid."""
    if not FIRST_DAY <= day <= today:
        raise Invalid(
            "received_on",
            fields={"received_on": f"Write a date from {FIRST_DAY.year} to today."},
        )


def days_late(due: date, *, is_closed: bool, today: date) -> int:
    """By how many days an open request is late; 0 while it is not."""
    return 0 if is_closed else max(0, (today - due).days)


def next_of(
    kind: Kind, due: date, *, received_on: date, is_closed: bool, at: datetime, zone: ZoneInfo
) -> Next | None:
    """What is to be done with a request, if its day has come: to answer it, by the end of its last day."""
    begins = _begin(listed_from(kind, due), zone)
    ends = _begin(due + timedelta(days=1), zone)
    if is_closed or at < begins:
        return None
    soon_from = _begin(due - timedelta(days=SOON_DAYS), zone)
    step = ANSWER_LATE if at >= ends else ANSWER
    changes = [moment for moment in (soon_from, ends) if moment > at]
    return Next(
        step=step,
        urgency=Urgency.SOON if at >= soon_from else Urgency.ROUTINE,
        since=_begin(received_on, zone),
        due_at=ends - timedelta(seconds=1),
        changes_at=min(changes, default=None),
    )


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
