"""When the next call to IntakeQ may be made, and how long a failed delivery waits. Pure.

A call counts until a minute after its answer: whenever it reached the other side, it did so
before. So ten calls in any minute there, not only here. The day is any 24 hours, which no
calendar day of any zone can exceed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lmhg_kit.backoff import Backoff

MINUTE = timedelta(seconds=60)
DAY = timedelta(hours=24)
CALLS_PER_EVENT = 2
"""Calls that a delivery may need: its object, and the profile of its client."""
RETRY = Backoff(first_s=60, most_s=14_400, attempts_max=12)
"""Twelve attempts take sixteen hours: a night without IntakeQ holds nothing."""
WORK_MAX_S = 120.0
"""The longest that one delivery may keep the others waiting."""
OUTAGE_AFTER = 3
OUTAGE = Backoff(first_s=30, most_s=900, attempts_max=OUTAGE_AFTER)
PAUSE_MAX_S = 86_400
"""The longest that a server's own Retry-After is believed."""
FORECAST_MAX = 20_000
"""Calls looked ahead at most; what lies beyond is not named by its hour."""


def call_times(
    calls: Sequence[datetime], *, now: datetime, per_minute: int, per_day: int
) -> Iterator[datetime]:
    """Moments at which the next calls may be made, one after the other, for ever.

    `calls` are the past ones, oldest first, at least the last `per_day` of them.
    """
    known = list(calls)
    while True:
        earliest = now
        if len(known) >= per_minute:
            earliest = max(earliest, known[-per_minute] + MINUTE)
        if len(known) >= per_day:
            earliest = max(earliest, known[-per_day] + DAY)
        yield earliest
        known.append(earliest)


def free_at(
    *, now: datetime, minute_call: datetime | None, day_call: datetime | None
) -> tuple[datetime, str]:
    """When a call is free, and which limit says so.

    `minute_call` is the call as many back as the minute allows, `day_call` likewise for the day.
    """
    found = (now, "")
    for call, span, limit in ((minute_call, MINUTE, "minute"), (day_call, DAY, "day")):
        if call is not None and call + span > found[0]:
            found = (call + span, limit)
    return found


def outage_s(failures: int) -> int:
    """Seconds of quiet after so many failures in a row; 0 while it may be one object's fault."""
    if not OUTAGE.is_over(failures):
        return 0
    return int(OUTAGE.wait(failures - OUTAGE_AFTER + 1).total_seconds())
