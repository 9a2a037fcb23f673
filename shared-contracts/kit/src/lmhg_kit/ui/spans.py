"""From when to when, on one day of a calendar: several days, whole days and the fall night included."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

ALL_DAY = "all day"
DAYS_KEPT = 1024
SPANS_KEPT = 8192


@lru_cache(DAYS_KEPT)
def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants between which a local day lies, in UTC: 23, 24 or 25 hours."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    return start, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def days_covered(
    starts_at: datetime, ends_at: datetime, zone: tzinfo, *, first: date, last: date
) -> Iterator[date]:
    """The local days from `first` to `last` that a stretch of time touches.

    What ends at midnight does not touch the day that begins then.
    """
    begins = starts_at.astimezone(zone).date()
    ends = (ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    day, stop = max(begins, first), min(max(begins, ends), last)
    while day <= stop:
        yield day
        day += timedelta(days=1)


@lru_cache(SPANS_KEPT)
def span_on(day: date, starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """What a calendar says of this time on this day, such as "9:00 AM to 10:30 AM".

    A day that it fills reads "all day"; a part that goes on reads "from" or "until". Where clocks
    show an hour twice, each time carries its zone: "1:30 AM EDT to 1:20 AM EST".
    """
    midnight, next_midnight = day_bounds(day, zone)
    is_before, is_after = starts_at < midnight, ends_at > next_midnight
    if starts_at <= midnight and ends_at >= next_midnight:
        return ALL_DAY
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    shown = [each for each, hidden in ((starts, is_before), (ends, is_after)) if not hidden]
    is_turned = _is_turned(day, zone)
    with_zone = is_turned and (any(map(is_twice, shown)) or _offsets_differ(shown))
    if is_before:
        return f"until {clock_of(ends, with_zone=with_zone)}"
    if is_after:
        return f"from {clock_of(starts, with_zone=with_zone)}"
    end = "midnight" if ends_at == next_midnight else clock_of(ends, with_zone=with_zone)
    return f"{clock_of(starts, with_zone=with_zone)} \N{EN DASH} {end}"


def narrow_span(said: str) -> str:
    """The same in a narrow column, such as "9:00\N{EN DASH}10:30 AM": half of the day once where it is one.

    What carries a zone, or is no stretch from one hour to another, stays as it is.
    """
    starts, dash, ends = said.partition(" \N{EN DASH} ")
    hour, _, half = starts.partition(" ")
    if not dash or " " in half:
        return said
    return f"{hour if ends.endswith(half) else starts}\N{EN DASH}{ends}"


def clock_of(local: datetime, *, with_zone: bool = False) -> str:
    """An hour as clocks show it, such as 8:49 PM."""
    hour, half = local.hour % 12 or 12, "AM" if local.hour < 12 else "PM"
    shown = f"{hour}:{local.minute:02d} {half}"
    return f"{shown} {local:%Z}" if with_zone else shown


def is_twice(local: datetime) -> bool:
    """Whether clocks show this time twice that night."""
    if not _is_turned(local.date(), local.tzinfo):
        return False
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@lru_cache(DAYS_KEPT)
def _is_turned(day: date, zone: tzinfo | None) -> bool:
    """Whether clocks are turned on this day."""
    start = datetime.combine(day, time(), zone)
    return start.utcoffset() != (start + timedelta(days=1)).utcoffset()


def _offsets_differ(moments: list[datetime]) -> bool:
    return len({moment.utcoffset() for moment in moments}) > 1
