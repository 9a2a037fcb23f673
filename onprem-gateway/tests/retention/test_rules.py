"""When a record is due: never before its years are over, and for a minor not before they are grown up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.retention.rules import (
    ADULT_AT,
    ITEM_STATES,
    LEFT_OUT,
    NOT_DUE,
    STATES,
    ItemState,
    LeftOut,
    NotDue,
    State,
    due,
    last_possible,
    years_after,
)

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
BORN = st.dates(date(1920, 1, 1), date(2060, 12, 31))
YEARS = st.integers(1, 40)


def test_lists_are_whole() -> None:
    """Each code has its words."""
    assert (set(STATES), set(ITEM_STATES), set(LEFT_OUT), set(NOT_DUE)) == (
        set(State),
        set(ItemState),
        set(LeftOut),
        set(NotDue),
    )


@given(last_on=DAYS, born=st.none() | BORN, years=YEARS, kept=st.none() | DAYS)
def test_due_is_after_every_clock(
    last_on: date, born: date | None, years: int, kept: date | None
) -> None:
    """After the last contact, the 18th birthday and the day that a paper asks for; and at one of them exactly."""
    found = due(last_on, born=born, years=years, kept_until=kept)
    clocks = [years_after(last_on, years)]
    if born is not None:
        clocks.append(years_after(years_after(born, ADULT_AT), years))
    if kept is not None:
        clocks.append(kept + timedelta(days=1))
    assert found.on == max(clocks)
    assert found.from_birthday is (born is not None and years_after(born, ADULT_AT) > last_on)


@given(today=DAYS, years=YEARS, ahead=st.integers(-3, 40))
def test_no_record_that_is_due_is_looked_past(today: date, years: int, ahead: int) -> None:
    """Who is due by today had the last contact by the day up to which is looked, and that day is due."""
    newest = last_possible(today, years)
    assert years_after(newest, years) <= today
    later = newest + timedelta(days=max(ahead, 1))
    assert due(later, born=None, years=years).on > today


@given(day=DAYS, years=YEARS)
def test_years_end_on_the_same_day(day: date, years: int) -> None:
    """The same day of the year, but for a leap day, which ends a day later."""
    found = years_after(day, years)
    assert found.year == day.year + years
    assert (found.month, found.day) in {(day.month, day.day), (3, 1)}
