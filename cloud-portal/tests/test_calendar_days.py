"""The calendar with stretches of several days, whole days, and the night that has an hour twice."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.http.testing import AsRole
from lmhg_kit.ui.spans import ALL_DAY, day_bounds, days_covered, narrow_span, span_on
from lmhg_stack.testing import PlaneDatabase

from .test_replica_pages import arrive  # noqa: TID252 - a record as the relay applies it

ZONE = ZoneInfo("America/Kentucky/Louisville")
BEGUN = datetime(2026, 10, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 180 * 24 * 60).map(lambda minutes: BEGUN + timedelta(minutes=minutes))


def days_of(page: str) -> Iterator[tuple[str, str]]:
    """Each day card: its heading and what is on it."""
    for card in page.split('<section class="daycard')[1:]:
        heading = card.partition("<h2>")[2].partition("</h2>")[0]
        yield heading, card.partition("</h2>")[2].partition("</section>")[0]


async def shown(
    as_role: AsRole, cloud: PlaneDatabase, starts: str, ends: str, *, day: str
) -> list[str]:
    """What each day of this week says about one stretch of time; "" where it says nothing."""
    clinician = str(uuid.uuid4())
    await arrive(
        cloud, "calendar_block", busy="busy", clinician_id=clinician,
        starts_at=f"{starts}:00.000000Z", ends_at=f"{ends}:00.000000Z",
    )  # fmt: skip
    page = (await (await as_role("staff")).get("/calendar", day=day, clinician=clinician)).text
    return [
        body.partition('<span class="num">')[2].partition("</span>")[0] for _, body in days_of(page)
    ]


@pytest.mark.found("f2", "a stretch of several days is shown on each day that it covers")
async def test_stretch_of_days_is_on_each_of_them(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """From Wednesday 9:00 to Saturday 9:00: Thursday and Friday are taken whole."""
    said = await shown(as_role, cloud, "2026-12-02T14:00", "2026-12-05T14:00", day="2026-12-02")
    assert said == ["", "", "from 9:00 AM", ALL_DAY, ALL_DAY, "until 9:00 AM", ""]


@pytest.mark.found("f2", "a stretch that began in an earlier week is shown in this one")
async def test_stretch_from_the_week_before_is_shown(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """Away from the Friday before until Tuesday noon."""
    said = await shown(as_role, cloud, "2026-12-04T14:00", "2026-12-08T17:00", day="2026-12-07")
    assert said == [ALL_DAY, "until 12:00 PM", "", "", "", "", ""]


@pytest.mark.found("f3", "a whole day reads all day")
async def test_whole_day_reads_all_day(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """From midnight to midnight, on that day alone."""
    said = await shown(as_role, cloud, "2026-12-02T05:00", "2026-12-03T05:00", day="2026-12-02")
    assert said == ["", "", ALL_DAY, "", "", "", ""]


@pytest.mark.found("f4", "in the night with an hour twice, each time carries its zone")
async def test_hour_that_comes_twice_carries_its_zone(
    as_role: AsRole, cloud: PlaneDatabase
) -> None:
    """From 1:30 in summer time to 1:20 in winter time, fifty minutes later."""
    said = await shown(as_role, cloud, "2026-11-01T05:30", "2026-11-01T06:20", day="2026-11-01")
    assert said[-1] == "1:30 AM EDT \u2013 1:20 AM EST"


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("2026-12-02T14:00", "2026-12-02T15:30", "9:00 AM \u2013 10:30 AM"),
        ("2026-12-03T02:00", "2026-12-03T05:00", "9:00 PM \u2013 midnight"),
        ("2026-12-02T05:00", "2026-12-02T15:00", "12:00 AM \u2013 10:00 AM"),
        ("2026-12-01T05:00", "2026-12-05T05:00", ALL_DAY),
        ("2026-12-02T14:00", "2026-12-02T14:00", "9:00 AM \u2013 9:00 AM"),
    ],
)
def test_times_of_one_day(starts: str, ends: str, said: str) -> None:
    """Hours as people say them; a day's end is midnight."""
    begins, stops = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (starts, ends))
    assert span_on(date(2026, 12, 2), begins, stops, ZONE) == said


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=9)))
def test_days_covered_are_those_that_the_time_touches(starts: datetime, length: timedelta) -> None:
    """A day is covered exactly where the stretch and the local day have time in common."""
    ends = starts + length
    first, last = date(2026, 9, 1), date(2027, 5, 1)
    covered = list(days_covered(starts, ends, ZONE, first=first, last=last))
    for shift in range(-2, 13):
        day = starts.date() + timedelta(days=shift)
        midnight, next_midnight = day_bounds(day, ZONE)
        assert (day in covered) == (starts < next_midnight and ends > midnight)


@pytest.mark.parametrize(
    ("said", "narrow"),
    [
        ("9:00 AM \u2013 10:30 AM", "9:00\u201310:30 AM"),
        ("11:30 AM \u2013 12:30 PM", "11:30 AM\u201312:30 PM"),
        ("9:00 PM \u2013 midnight", "9:00 PM\u2013midnight"),
        ("1:30 AM EDT \u2013 1:20 AM EST", "1:30 AM EDT \u2013 1:20 AM EST"),
        ("from 9:00 AM", "from 9:00 AM"),
        (ALL_DAY, ALL_DAY),
    ],
)
def test_times_in_a_narrow_column(said: str, narrow: str) -> None:
    """Half of the day is said once where it is one; an end is never left out."""
    assert narrow_span(said) == narrow
