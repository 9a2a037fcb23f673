"""A week of busy blocks, as a page shows it. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from lmhg_contracts.kinds.calendar import CalendarBlock
from lmhg_kit.ui.spans import day_bounds, days_covered
from lmhg_portal.adapters.replica import Received

WEEK_DAYS = 7
FOLD_MIN = 2
"""From so many empty days in a row on, a phone shows one line for them."""
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
    is_folded: bool = False
    """Whether a phone leaves it out, because a line says that its whole run is empty."""
    run_ends: date | None = None
    """On the first day of such a run: its last day."""


def week_start(day: date) -> date:
    """The Monday of this day's week."""
    return day - timedelta(days=day.weekday())


def bounds(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants between which a week of local days lies, in UTC."""
    return day_bounds(first, zone)[0], day_bounds(first + timedelta(days=WEEK_DAYS - 1), zone)[1]


def week(
    first: date,
    blocks: Sequence[Received[CalendarBlock]],
    names: Mapping[str, str],
    *,
    zone: ZoneInfo,
    clinician: str = "",
) -> list[DayView]:
    """Seven days with the blocks that touch them, for everybody or for one clinician."""
    last = first + timedelta(days=WEEK_DAYS - 1)
    days: dict[date, list[BlockRow]] = {first + timedelta(days=n): [] for n in range(WEEK_DAYS)}
    for block in blocks:
        body = block.body
        if clinician and body.clinician_id != clinician:
            continue
        row = BlockRow(
            clinician=names.get(body.clinician_id, UNKNOWN),
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            busy=body.busy,
        )
        for day in days_covered(body.starts_at, body.ends_at, zone, first=first, last=last):
            days[day].append(row)
    return [DayView(day=day, blocks=rows) for day, rows in days.items()]


def folded_runs(days: Sequence[DayView], *, today: date) -> list[DayView]:
    """The same days; runs of empty ones are marked, so that a phone begins with what is booked.

    Today stays by itself.
    """
    made: list[DayView] = []
    for is_empty, run in groupby(days, key=lambda one: not one.blocks and one.day != today):
        found = list(run)
        if not is_empty or len(found) < FOLD_MIN:
            made += found
            continue
        made.append(replace(found[0], is_folded=True, run_ends=found[-1].day))
        made += [replace(one, is_folded=True) for one in found[1:]]
    return made
