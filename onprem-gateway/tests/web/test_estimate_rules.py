"""When a good-faith estimate is owed, and until when: for any week and any days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.estimates.rules import (
    LONG_AHEAD,
    OUTCOMES,
    WHY,
    Why,
    covers,
    days_ahead,
    days_allowed,
    due_at,
    next_of,
)
from lmhg_kit.office_hours import OfficeHours

ZONE = ZoneInfo("America/New_York")
USUAL = OfficeHours(ZONE)
MONDAY = date(2026, 11, 2)
DAYS = st.dates(date(2020, 1, 1), date(2039, 1, 1))


def at_noon(day: date) -> datetime:
    """Noon there."""
    return datetime.combine(day, time(12), tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("visit_on", "ahead", "days"),
    [
        (date(2026, 11, 4), 2, None),
        (date(2026, 11, 5), 3, 1),
        (date(2026, 11, 13), 9, 1),
        (date(2026, 11, 16), 10, 3),
        (date(2027, 3, 1), 10, 3),
        (MONDAY, 0, None),
    ],
)
def test_days_are_those_of_the_law(visit_on: date, ahead: int, days: int | None) -> None:
    """3 to 9 working days ahead: 1; from 10 on: 3; less: none is owed."""
    assert days_ahead(USUAL, MONDAY, visit_on) == ahead
    assert days_allowed(Why.BOOKED, ahead) == days
    assert days_allowed(Why.ASKED, ahead) == 3
    assert set(Why) == set(WHY)
    assert OUTCOMES


@given(begun=DAYS, ahead=st.integers(0, 60), closed=st.sets(st.integers(0, 40)))
def test_an_estimate_is_due_on_a_working_day_before_the_visit(
    *, begun: date, ahead: int, closed: set[int]
) -> None:
    """However the closed days lie: never after the visit, never on a closed day, more time further off."""
    hours = OfficeHours(ZONE, closed=frozenset(begun + timedelta(days=each) for each in closed))
    visit_on = begun + timedelta(days=ahead)
    counted = sum(hours.is_open_on(begun + timedelta(days=each)) for each in range(1, ahead + 1))
    assert days_ahead(hours, begun, visit_on) == min(counted, LONG_AHEAD)
    due = due_at(hours, Why.BOOKED, began_at=at_noon(begun), visit_on=visit_on)
    assert (due is None) == (counted < 3)
    if due is not None:
        assert hours.is_open_on(due.date())
        assert begun < due.date() <= visit_on


@given(began=DAYS, passed=st.integers(0, 30))
def test_what_is_owed_is_on_the_list_until_it_is_closed(*, began: date, passed: int) -> None:
    """From the start; marked once it is late."""
    due = due_at(USUAL, Why.ASKED, began_at=at_noon(began), visit_on=None)
    assert due is not None
    at = at_noon(began + timedelta(days=passed))
    found = next_of(due, began_at=at_noon(began), is_closed=False, at=at)
    assert found is not None
    assert found.due_at == due
    assert (found.changes_at is None) == (at >= due)
    assert next_of(due, began_at=at_noon(began), is_closed=True, at=at) is None


def test_given_estimate_covers_a_year() -> None:
    """To the day."""
    assert covers(date(2026, 1, 1), date(2027, 1, 1))
    assert not covers(date(2026, 1, 1), date(2027, 1, 2))
