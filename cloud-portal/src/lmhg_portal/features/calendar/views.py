"""A week of busy blocks, as a page shows it. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lmhg_contracts.kinds.calendar import CalendarBlock
from lmhg_portal.adapters.replica import Received

WEEK_DAYS = 7
UNKNOWN = "A colleague"


@dataclass(frozen=True, kw_only=True)
class BlockRow:
    """One block: who, from when to when, and how firm."""

    clinician: str
    starts_at: datetime
    ends_at: datetime
    busy: str


@dataclass(frozen=True, kw_only=True)
class DayView:
    """One day with its blocks, earliest first."""

    day: date
    blocks: Sequence[BlockRow]


def week_start(day: date) -> date:
    """The Monday of this day's week."""
    return day - timedelta(days=day.weekday())


def bounds(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants between which a week of local days lies, in UTC."""
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    stop = datetime.combine(first + timedelta(days=WEEK_DAYS), time(), zone).astimezone(UTC)
    return start, stop


def week(
    first: date,
    blocks: Sequence[Received[CalendarBlock]],
    names: Mapping[str, str],
    *,
    zone: ZoneInfo,
    clinician: str = "",
) -> list[DayView]:
    """Seven days with their blocks, for everybody or for one clinician."""
    days: dict[date, list[BlockRow]] = {first + timedelta(days=n): [] for n in range(WEEK_DAYS)}
    for block in blocks:
        body = block.body
        if clinician and body.clinician_id != clinician:
            continue
        day = body.starts_at.astimezone(zone).date()
        if day in days:
            name = names.get(body.clinician_id, UNKNOWN)
            days[day].append(
                BlockRow(
                    clinician=name, starts_at=body.starts_at, ends_at=body.ends_at, busy=body.busy
                )
            )
    return [DayView(day=day, blocks=rows) for day, rows in days.items()]
