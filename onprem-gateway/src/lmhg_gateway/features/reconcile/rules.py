"""When IntakeQ is checked, from which day, in which order, and when a catch-up will be done. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lmhg_gateway.adapters.intakeq import ListPage
from lmhg_gateway.adapters.intakeq_lists import What
from lmhg_gateway.features.deliveries.public import FORECAST_MAX, call_times

NIGHTLY_AT = time(2, 0)
OVERLAP = timedelta(days=2)
"""Days that are asked for again: nobody says of which zone IntakeQ's days are, and one day is a day."""
OUTAGE = timedelta(hours=36)
"""A check that comes so long after the last one catches up, and leaves most calls to what is new."""
SOON = timedelta(days=7)
PAGES_MAX = 500
"""Pages of one list that a check reads."""
NEVER_S = 1_000_000_000
"""How far away the next appointment is of someone who has none."""
TURNS: Mapping[What, int] = {"appointment": 0, "intake": 1, "note": 2, "client": 3}
"""What is asked for first: forms before notes, because a form may hold an answer that cannot wait."""


class ListStep(NamedTuple):
    """One list of a check."""

    what: What
    is_deleted: bool = False
    from_days: int | None = None
    until_days: int | None = None


STEPS: Sequence[ListStep] = (
    ListStep("client", is_deleted=True),
    ListStep("client"),
    ListStep("appointment", from_days=0, until_days=SOON.days),
    ListStep("appointment", from_days=SOON.days + 1),
    ListStep("appointment", until_days=-1),
    ListStep("appointment", is_deleted=True),
    ListStep("intake"),
    ListStep("note"),
)
"""The lists in their order: who is who, then the nearest appointments, then the others, then papers."""


def is_due(
    now: datetime, *, zone: ZoneInfo, began_at: datetime | None, wanted_at: datetime | None
) -> bool:
    """Whether a check begins now: none began since two at night, or someone asked for one."""
    if wanted_at is not None and (began_at is None or began_at < wanted_at):
        return True
    local = now.astimezone(zone)
    tonight = datetime.combine(local.date(), NIGHTLY_AT, zone)
    if local < tonight:
        tonight = datetime.combine(local.date() - timedelta(days=1), NIGHTLY_AT, zone)
    return began_at is None or began_at < tonight


def asks_since(since: date | None, *, today: date) -> date:
    """From which day a check asks, with days to spare."""
    return min(since or today, today) - OVERLAP


def catches_up(now: datetime, *, ended_at: datetime | None) -> bool:
    """Whether so much may have changed that what is new has to go first."""
    return ended_at is not None and now - ended_at > OUTAGE


def page_of(step: int, page: int, *, since: date, today: date) -> ListPage:
    """What to ask IntakeQ for."""
    wanted = STEPS[step]
    first = None if wanted.from_days is None else today + timedelta(days=wanted.from_days)
    last = None if wanted.until_days is None else today + timedelta(days=wanted.until_days)
    return ListPage(
        what=wanted.what,
        since=since,
        page=page,
        is_deleted=wanted.is_deleted,
        first_day=first,
        last_day=last,
    )


def after_page(step: int, page: int, *, is_last: bool) -> tuple[int, int] | None:
    """Which page comes next; None when the check is over."""
    if not is_last and page < PAGES_MAX:
        return step, page + 1
    return (step + 1, 1) if step + 1 < len(STEPS) else None


def near_s(at: datetime | None, *, now: datetime) -> int:
    """How near an appointment is; a past one as far as it is ago."""
    return NEVER_S if at is None else min(NEVER_S, int(abs((at - now).total_seconds())))


def done_by(
    waiting: int,
    *,
    past: Sequence[datetime],
    now: datetime,
    per_minute: int,
    per_day: int,
) -> datetime | None:
    """When the last of what waits is asked for; None when nothing waits or it lies too far ahead.

    `past` are this class's own calls, the limits what the others leave to it.
    """
    if not 0 < waiting <= FORECAST_MAX:
        return None
    times = call_times(past, now=now, per_minute=max(1, per_minute), per_day=max(1, per_day))
    return list(islice(times, waiting))[-1]
