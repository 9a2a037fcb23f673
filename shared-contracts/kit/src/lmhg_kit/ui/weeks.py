"""A week as a grid of half hours: where a stretch of time is in it. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lmhg_kit.ui.spans import day_bounds

WEEK_DAYS = 7
FIRST_HOUR, LAST_HOUR = 7, 20
"""The grid shows these hours; what is earlier or later is at its edge."""
SLOT = timedelta(minutes=30)
SLOTS = (LAST_HOUR - FIRST_HOUR) * 2
HOURS = tuple(
    f"{(hour - 1) % 12 + 1} {'AM' if hour < 12 else 'PM'}" for hour in range(FIRST_HOUR, LAST_HOUR)
)


@dataclass(frozen=True, kw_only=True)
class WeekBlock:
    """One stretch of time on one day: what is said of it, and where it is in the grid."""

    title: str
    starts_at: datetime
    ends_at: datetime
    row: int
    """The half hour it begins in, from 1."""
    rows: int
    """How many half hours it fills."""
    detail: str = ""
    href: str = ""
    tone: str = ""
    """Of its badge."""
    label: str = ""
    """What its badge says."""


@dataclass(frozen=True, kw_only=True)
class WeekDay:
    """One day with its blocks, earliest first."""

    day: date
    blocks: Sequence[WeekBlock]
    is_folded: bool = False
    """Whether a phone leaves it out, because a line says that its whole run is empty."""
    run_ends: date | None = None
    """On the first day of such a run: its last day."""


def week_start(day: date) -> date:
    """The Monday of this day's week."""
    return day - timedelta(days=day.weekday())


def place_in(day: date, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """The half hour in which a stretch begins on this day, from 1, and how many it fills, at least one."""
    midnight, next_midnight = day_bounds(day, zone)
    begins = _slot(max(starts_at, midnight), zone)
    last = min(ends_at, next_midnight) - timedelta(microseconds=1)
    ends = max(_slot(last, zone), begins)
    return begins, ends - begins + 1


def _slot(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    since = (local.hour - FIRST_HOUR) * 2 + local.minute // 30
    return min(max(since, 0), SLOTS - 1) + 1
