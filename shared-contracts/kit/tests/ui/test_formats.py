"""Days, times, phones and numbers as people in the US read them."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import first_name, hue, initials
from lmhg_kit.ui.formats import (
    LocalTimes,
    dialed,
    long_day,
    phone,
    short_day,
    short_number,
    tail_of,
    zone_words,
)
from lmhg_kit.ui.spans import clock_of, is_twice
from lmhg_kit.ui.weeks import SLOTS, place_in

LOUISVILLE = "America/Kentucky/Louisville"
FRIDAY = datetime(2026, 11, 28, 1, 49, 3, 123_000, tzinfo=UTC)
"""Friday, 8:49 PM at the practice."""


def times(year: int = 2026) -> LocalTimes:
    """The practice's times, read in some year."""
    return LocalTimes(LOUISVILLE, now=lambda: datetime(year, 12, 1, tzinfo=UTC))


def test_a_moment_is_the_practices_day_and_clock() -> None:
    """What comes at 8:49 PM on Friday came on Friday."""
    assert times().moment(FRIDAY) == "Fri, Nov 27, 8:49 PM"
    assert times().second(FRIDAY) == "Fri, Nov 27, 8:49:03 PM"
    assert times().precise(FRIDAY) == "Nov 27, 2026, 8:49:03.123 PM"
    assert times().part_of_day(FRIDAY) == "evening"


def test_a_day_of_another_year_says_so() -> None:
    """Fri, Nov 27 is of this year; any other has its year."""
    assert times().day(date(2026, 11, 27)) == "Fri, Nov 27"
    assert times(2027).day(date(2026, 11, 27)) == "Nov 27, 2026"


def test_the_hour_that_clocks_show_twice_carries_its_zone() -> None:
    """Once a page is enough, but for that night."""
    night = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert times().clock(night) == "1:30 AM EDT"
    assert times().clock(night.replace(hour=6)) == "1:30 AM EST"
    assert times().clock(night.replace(hour=8)) == "3:30 AM"
    assert zone_words(LOUISVILLE) == "Eastern"
    assert zone_words("America/Los_Angeles") == "Pacific"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("5025550142", "(502) 555-0142"),
        ("+1 502 555 0142", "(502) 555-0142"),
        ("502-555-0142 x7", "502-555-0142 x7"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        (None, ""),
    ],
)
def test_a_us_phone_has_one_form(typed: str | None, shown: str) -> None:
    """Any other stays as it was typed."""
    assert phone(typed) == shown
    assert dialed("(502) 555-0142") == "5025550142"


def test_a_short_number_leads_back_to_the_end_of_the_id() -> None:
    """It can be said on the phone, and found by."""
    for record in (uuid.UUID(int=0), uuid.uuid4(), uuid.UUID(int=2**128 - 1)):
        number = short_number(record, "C")
        assert tail_of(number.lower()) == record.hex[-5:]
    assert short_number(uuid.UUID(int=2**20 - 1), "C") == "C-ZZZZ"
    assert tail_of("Corigasand") is None
    assert tail_of("C-ILOU") is None


def test_two_doctors_do_not_look_the_same() -> None:
    """A title is no name."""
    assert [initials(name) for name in ("Dr. Morgan Reyes", "Dr Casey Lindqvist, PhD")] == [
        "MR",
        "CL",
    ]
    assert first_name("Dr. Morgan Reyes") == "Morgan"
    assert initials("Dr.") == "?"
    assert hue("Dr. Morgan Reyes") != hue("Dr. Casey Lindqvist")


def test_a_code_is_said_in_words() -> None:
    """What has no word of its own is the code without its signs."""
    assert words("broker_purged") == "Deleted in transit"
    assert words("referred_out") == "Referred out"


def test_a_block_is_placed_in_half_hours_and_never_outside_the_grid() -> None:
    """Early, late and all-day ones stay at the edges."""
    zone, day = ZoneInfo(LOUISVILLE), date(2026, 11, 27)
    at = datetime(2026, 11, 27, 9, 0, tzinfo=zone)
    assert place_in(day, at, at.replace(hour=10), zone) == (5, 2)
    assert place_in(day, at.replace(hour=5), at.replace(hour=6), zone) == (1, 1)
    assert place_in(day, at.replace(hour=22), at.replace(hour=23), zone) == (SLOTS, 1)
    assert place_in(day, at.replace(day=26), at.replace(day=28), zone) == (1, SLOTS)


@pytest.mark.parametrize("zone", [LOUISVILLE, "America/Phoenix", "America/Havana", "Europe/London"])
def test_hours_shown_twice_are_found_on_every_day(zone: str) -> None:
    """By every half hour of a year: what the short way says of a day is what each hour says."""
    at, twice = datetime(2026, 1, 1, tzinfo=UTC), 0
    while at.year == 2026:
        local = at.astimezone(ZoneInfo(zone))
        plainly = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        assert is_twice(local) == plainly, local
        twice += plainly
        at += timedelta(minutes=30)
    assert (twice > 0) == (zone != "America/Phoenix")


def test_days_and_hours_read_as_the_calendar_has_them() -> None:
    """Each day of a leap year and each minute of a day, as the C library writes them."""
    for number in range(366):
        day = date(2028, 1, 1) + timedelta(days=number)
        assert short_day(day) == f"{day:%a, %b %-d}"
        assert long_day(day) == f"{day:%b %-d, %Y}"
    for minute in range(24 * 60):
        at = datetime(2026, 7, 1, minute // 60, minute % 60, tzinfo=ZoneInfo(LOUISVILLE))
        assert clock_of(at) == f"{at:%-I:%M %p}"
        assert clock_of(at, with_zone=True) == f"{at:%-I:%M %p %Z}"
