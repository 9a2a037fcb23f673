"""Calendar, announcements and home: what the relay brought, and nothing after a recall."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from lmhg_contracts.kinds.calendar import CalendarBlock
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole
from lmhg_kit.ui.weeks import week_start
from lmhg_portal.adapters.replica import Received
from lmhg_portal.features.calendar.views import bounds, folded_runs, week
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures

SPAN = "10:00\u201311:00 AM"
ZONE = ZoneInfo("America/Kentucky/Louisville")


async def arrive(cloud: PlaneDatabase, kind: str, **body: object) -> uuid.UUID:
    """A record as the relay applies it."""
    record_id = uuid.uuid4()
    await cloud.run(
        "insert into replica.record (kind, record_id, version, body) values ($1, $2, 1, $3::jsonb)",
        kind,
        record_id,
        msgspec.json.encode({"kind": kind, **body}).decode(),
    )
    return record_id


async def recall(cloud: PlaneDatabase, record_id: uuid.UUID) -> None:
    """A recall as the relay applies it."""
    await cloud.run(
        "update replica.record set body = null, purged = true, purged_at = now(), version = 2"
        " where record_id = $1",
        record_id,
    )


def block(start: datetime, *, clinician: str = "c") -> Received[CalendarBlock]:
    """An hour of someone's time."""
    body = CalendarBlock(
        busy="busy", clinician_id=clinician, starts_at=start, ends_at=start + timedelta(hours=1)
    )
    return Received(uuid.uuid4(), body, start)


async def test_block_is_on_the_calendar_and_gone_after_its_recall(
    as_role: AsRole, cloud: PlaneDatabase
) -> None:
    """A busy hour with the clinician's name; then nothing."""
    person = await as_role("staff")
    record_id = await arrive(
        cloud, "calendar_block", busy="tentative", clinician_id=str(PEOPLE["clinician"]),
        starts_at="2026-03-04T15:00:00.000000Z", ends_at="2026-03-04T16:00:00.000000Z",
    )  # fmt: skip
    page = (await person.get("/calendar?day=2026-03-04")).text
    assert SPAN in page
    assert "Clinician Person" in page
    assert "Not confirmed" in page
    assert SPAN not in (await person.get("/calendar?day=2026-03-11")).text
    await recall(cloud, record_id)
    assert SPAN not in (await person.get("/calendar?day=2026-03-04")).text


async def test_strange_day_is_today(as_role: AsRole) -> None:
    """An address that someone bent shows this week."""
    person = await as_role("staff")
    for day in ("x", "0001-01-01", "9999-12-31"):
        assert (await person.get(f"/calendar?day={day}")).status_code == 200


async def test_announcement_is_read_and_gone_after_its_recall(
    as_role: AsRole, cloud: PlaneDatabase
) -> None:
    """On the list, on its page, on home; after a recall its address says so."""
    person = await as_role("staff")
    record_id = await arrive(
        cloud, "announcement", author_id=str(PEOPLE["admin"]), body="The lot is closed.",
        published_at="2026-03-04T15:00:00.000000Z", title="Parking on Friday",
    )  # fmt: skip
    for path in ("/announcements", f"/announcements/{record_id}", "/"):
        assert "Parking on Friday" in (await person.get(path)).text, path
    await recall(cloud, record_id)
    for path in ("/announcements", "/"):
        assert "Parking on Friday" not in (await person.get(path)).text, path
    gone = await person.get(f"/announcements/{record_id}")
    assert (gone.status_code, "taken it back" in gone.text) == (404, True)


def test_week_begins_on_monday_and_holds_local_days() -> None:
    """A late evening in UTC is still the day before in Louisville."""
    first = week_start(datetime(2026, 3, 4, tzinfo=UTC).date())
    assert (first.isoformat(), first.weekday()) == ("2026-03-02", 0)
    late = block(datetime(2026, 3, 5, 3, 30, tzinfo=UTC))
    days = week(first, [late], {}, zone=ZONE)
    assert [day.day.isoformat() for day in days if day.blocks] == ["2026-03-04"]


def test_week_with_the_clock_change_has_its_hours() -> None:
    """On 8 March 2026 the clocks go forward; the week is an hour short."""
    start, stop = bounds(week_start(datetime(2026, 3, 8, tzinfo=UTC).date()), ZONE)
    assert stop - start == timedelta(days=7) - timedelta(hours=1)


def test_runs_of_empty_days_are_folded_and_today_never_is() -> None:
    """Two or more in a row become one; a single empty day, a booked one and today stay."""
    first = week_start(datetime(2026, 3, 4, tzinfo=UTC).date())
    booked = [block(datetime(2026, 3, 5, 15, tzinfo=UTC))]
    days = folded_runs(week(first, booked, {}, zone=ZONE), today=first + timedelta(days=4))
    assert [one.day for one in days] == [first + timedelta(days=n) for n in range(7)]
    assert [one.is_folded for one in days] == [True, True, True, False, False, True, True]
    ends = [one.run_ends for one in days]
    assert ends == [
        first + timedelta(days=2), None, None, None, None, first + timedelta(days=6), None,
    ]  # fmt: skip
    alone = folded_runs(week(first, booked, {}, zone=ZONE), today=first + timedelta(days=1))
    assert [one.is_folded for one in alone] == [False, False, False, False, True, True, True]


def test_one_clinician_can_be_chosen() -> None:
    """The filter keeps the others out."""
    first = week_start(datetime(2026, 3, 4, tzinfo=UTC).date())
    at = datetime(2026, 3, 4, 15, tzinfo=UTC)
    days = week(
        first,
        [block(at, clinician="a"), block(at, clinician="b")],
        {"a": "Ana"},
        zone=ZONE,
        clinician="a",
    )
    assert [row.title for day in days for row in day.blocks] == ["Ana"]


@pytest.mark.found(
    "AR4",
    "the portal says that the calendar is not shared at present, never that nothing is booked",
)
@pytest.mark.parametrize(
    ("sharing", "is_shared"),
    [("'{announcement}'", False), ("'{}'", False), ("'{calendar_block}'", True), ("null", True)],
)
async def test_a_calendar_that_is_not_shared_says_so(
    as_role: AsRole, cloud: PlaneDatabase, sharing: str, *, is_shared: bool
) -> None:
    """As the office last said with its sign of life; one of an older version says nothing."""
    await cloud.run(
        f"insert into relay.peer (plane, last_heard_at, sharing) values ('onprem', now(), {sharing})"
        " on conflict (plane) do update set last_heard_at = now(), sharing = excluded.sharing"
    )
    person = await as_role("staff")
    later = (utc_now() + timedelta(days=7)).date()
    week_page = (await person.get("/calendar", day=later.isoformat())).text
    home = (await person.get("/")).text
    assert ("The calendar is not shared right now." in week_page) is not is_shared
    assert ("Nothing booked" in week_page) is is_shared
    assert ("Calendar not shared now" in home) is not is_shared
    assert ("more appointments today" in home) is is_shared


async def test_past_day_never_says_that_nothing_was_booked(
    as_role: AsRole, cloud: PlaneDatabase
) -> None:
    """A block is recalled once its visit took place: what is empty then is only not shown."""
    await cloud.run(
        "insert into relay.peer (plane, last_heard_at, sharing) values ('onprem', now(), null)"
        " on conflict (plane) do update set sharing = null"
    )
    person = await as_role("staff")
    past = (await person.get("/calendar?day=2026-02-04")).text
    assert past.count("Past visits are not shown") == 7
    assert ("Nothing booked" in past, "Nothing more today" in past) == (False, False)
    assert "see the calendar in the office" in past
    now = (await person.get("/calendar")).text
    assert ("Nothing more today" in now, "see the calendar in the office" in now) == (True, True)
    later = (await person.get("/calendar", day=str((utc_now() + timedelta(days=7)).date()))).text
    assert later.count(">Nothing booked<") == 7
    assert "see the calendar in the office" not in later


async def test_home_counts_what_today_still_has(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """An hour that is over counts no more, whether its block was recalled yet or not."""
    now = utc_now()
    hours = {"over": (-90, -30), "going on": (-30, 30)}
    for begins, ends in hours.values():
        await arrive(
            cloud, "calendar_block", busy="busy", clinician_id=str(PEOPLE["clinician"]),
            starts_at=f"{now + timedelta(minutes=begins):%Y-%m-%dT%H:%M:%S.%fZ}",
            ends_at=f"{now + timedelta(minutes=ends):%Y-%m-%dT%H:%M:%S.%fZ}",
        )  # fmt: skip
    home = (await (await as_role("staff")).get("/")).text
    assert re.search(r">1</[^>]*>\s*<[^>]*>more appointments today", home)
