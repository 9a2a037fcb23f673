"""A week of busy blocks, as a page shows it. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from lmhg_contracts.kinds.calendar import CalendarBlock
from lmhg_kit.ui.spans import day_bounds, days_covered
from lmhg_kit.ui.weeks import WEEK_DAYS, WeekBlock, WeekDay, place_in
from lmhg_portal.adapters.replica import Received

FOLD_MIN = 2
"""From so many empty days in a row on, a phone shows one line for them."""
UNKNOWN = "A colleague"


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
) -> list[WeekDay]:
    """Seven days with the blocks that touch them, for everybody or for one clinician."""
    last = first + timedelta(days=WEEK_DAYS - 1)
    days: dict[date, list[WeekBlock]] = {first + timedelta(days=n): [] for n in range(WEEK_DAYS)}
    for block in blocks:
        body = block.body
        if clinician and body.clinician_id != clinician:
            continue
        name = names.get(body.clinician_id, UNKNOWN)
        for day in days_covered(body.starts_at, body.ends_at, zone, first=first, last=last):
            row, rows = place_in(day, body.starts_at, body.ends_at, zone)
            days[day].append(
                WeekBlock(
                    title=name,
                    detail=name,
                    starts_at=body.starts_at,
                    ends_at=body.ends_at,
                    row=row,
                    rows=rows,
                    tone="warn" if body.busy == "tentative" else "",
                    label="Not confirmed",
                )
            )
    return [WeekDay(day=day, blocks=found) for day, found in days.items()]


def folded_runs(days: Sequence[WeekDay], *, today: date) -> list[WeekDay]:
    """The same days; runs of empty ones are marked, so that a phone begins with what is booked.

    Today stays by itself.
    """
    made: list[WeekDay] = []
    for is_empty, run in groupby(days, key=lambda one: not one.blocks and one.day != today):
        found = list(run)
        if not is_empty or len(found) < FOLD_MIN:
            made += found
            continue
        made.append(replace(found[0], is_folded=True, run_ends=found[-1].day))
        made += [replace(one, is_folded=True) for one in found[1:]]
    return made
