"""Office hours: what is due when, over weekends, holidays and the night when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.office_hours import OfficeHours

ZONE = ZoneInfo("America/Kentucky/Louisville")
CLOSED = frozenset({date(2026, 11, 26), date(2026, 12, 25)})
HOURS = OfficeHours(ZONE, closed=CLOSED)


def at(text: str) -> datetime:
    """A moment at the practice."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("came", "days", "due"),
    [
        ("2026-11-20T16:00", 1, "2026-11-23T16:00"),  # Friday to Monday
        ("2026-11-20T18:30", 1, "2026-11-24T09:00"),  # after closing: counts from Monday's opening
        ("2026-11-21T12:00", 1, "2026-11-24T09:00"),  # on a Saturday likewise
        ("2026-11-25T10:00", 1, "2026-11-27T10:00"),  # over Thanksgiving
        ("2026-11-26T10:00", 0, "2026-11-27T09:00"),  # came on the holiday itself
        ("2026-10-30T15:00", 1, "2026-11-02T15:00"),  # over the night when clocks go back
        ("2026-11-23T07:00", 0, "2026-11-23T09:00"),  # before opening
    ],
)
def test_due_by_working_days(came: str, days: int, due: str) -> None:
    """Examples that a front desk would agree with."""
    assert HOURS.due(at(came), days=days) == at(due)


def minute_by_minute(hours: OfficeHours, moment: datetime, *, days: int) -> datetime:
    """The same by walking: open days are counted one after another."""
    there = moment.astimezone(hours.zone).replace(second=0, microsecond=0)

    def is_open(when: datetime) -> bool:
        opens, closes = hours.week.get(when.weekday(), (time(), time()))
        return when.date() not in hours.closed and opens <= when.time() < closes

    while not is_open(there):
        there = datetime.combine(there.date(), there.time(), tzinfo=None).replace(
            tzinfo=hours.zone
        ) + timedelta(minutes=1)
    clock, day, left = there.time(), there.date(), days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() in hours.week and day not in hours.closed
    opens, closes = hours.week[day.weekday()]
    return datetime.combine(day, min(max(clock, opens), closes), tzinfo=hours.zone)


WEEKS = st.dictionaries(
    st.integers(0, 6), st.sampled_from([(time(9), time(17)), (time(8, 30), time(12))]), min_size=1
)


@given(
    week=WEEKS,
    closed=st.frozensets(st.dates(date(2026, 10, 25), date(2026, 11, 15)), max_size=6),
    minutes=st.integers(0, 20 * 1440),
    days=st.integers(0, 6),
)
def test_due_equals_a_walk(
    week: dict[int, tuple[time, time]], closed: frozenset[date], minutes: int, days: int
) -> None:
    """Whatever the week, over the change of clocks and with holidays."""
    hours = OfficeHours(ZONE, week=week, closed=closed)
    moment = datetime(2026, 10, 26, tzinfo=UTC) + timedelta(minutes=minutes)
    assert hours.due(moment, days=days) == minute_by_minute(hours, moment, days=days)


def test_a_practice_that_never_opens_waits_for_nothing() -> None:
    """A table without an open day must not stop anything."""
    never = OfficeHours(ZONE, week={})
    assert never.due(at("2026-11-20T16:00"), days=1) >= at("2026-11-20T16:00")
