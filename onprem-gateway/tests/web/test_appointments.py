"""The day list of appointments: several days, whole days, an hour that comes twice, and odd days."""

import uuid

import pytest

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .records import new_client  # noqa: TID252 - beside this file


async def appointment(onprem: PlaneDatabase, as_role: AsRole, starts: str, ends: str) -> None:
    """One appointment, and no other."""
    client = await new_client(as_role, "Marlo Quenneville")
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true); delete from practice.appointment;"
        " insert into practice.appointment (id, client_id, clinician_id, starts_at, ends_at, status)"
        f" values ('{uuid.uuid4()}', '{client}', '{PEOPLE['clinician']}', '{starts}', '{ends}',"
        " 'confirmed'); end $$"
    )


async def said_on(as_role: AsRole, day: str) -> str:
    """What the list of a day says of its one appointment; empty where it has none."""
    page = (await (await as_role("front_desk")).get("/appointments", day=day)).text
    cell = page.partition('data-label="Time">')[2].partition("</td>")[0]
    return " ".join(cell.split())


@pytest.mark.found("f2", "an appointment over several days is on the list of each of them")
async def test_appointment_of_days_is_on_each_of_them(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """From Wednesday 9:00 to Friday 9:00."""
    await appointment(onprem, as_role, "2026-12-02 14:00Z", "2026-12-04 14:00Z")
    days = [f"2026-12-0{number}" for number in range(1, 6)]
    said = [await said_on(as_role, day) for day in days]
    assert said == ["", "from 9:00 AM", "all day", "until 9:00 AM", ""]


@pytest.mark.found("f3", "an appointment of a whole day reads all day")
@pytest.mark.found("f4", "an appointment in the hour that comes twice carries its zones")
@pytest.mark.parametrize(
    ("times", "day", "said"),
    [
        (("2026-12-02 05:00Z", "2026-12-03 05:00Z"), "2026-12-02", "all day"),
        (("2026-12-02 05:00Z", "2026-12-03 05:00Z"), "2026-12-03", ""),
        (
            ("2026-11-01 05:30Z", "2026-11-01 06:20Z"),
            "2026-11-01",
            "1:30 AM EDT \u2013 1:20 AM EST",
        ),
    ],
)
async def test_times_are_said_as_the_portal_says_them(
    as_role: AsRole, onprem: PlaneDatabase, times: tuple[str, str], day: str, said: str
) -> None:
    """Whole days and the fall night."""
    await appointment(onprem, as_role, *times)
    assert await said_on(as_role, day) == said


@pytest.mark.found("e5", "a day that no list can show around is today")
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "x", "9" * 5000])
async def test_day_outside_every_calendar_is_today(as_role: AsRole, day: str) -> None:
    """The list of today, for every address that someone bent."""
    desk = await as_role("front_desk")
    answer = await desk.get("/appointments", day=day)
    assert answer.status_code == 200
    assert "Today" in answer.text.partition("<h1>")[2].partition("</h1>")[0]


async def test_a_day_names_and_audits_the_clients_of_its_own_appointments(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Who has an appointment that day, and nobody else; each reading is on record by id."""
    await appointment(onprem, as_role, "2026-12-02 14:00Z", "2026-12-02 15:00Z")
    [row] = await onprem.run("select id, client_id from practice.appointment")
    await new_client(as_role, "Tamsin Overmeer")
    for path in ("/appointments", "/appointments/week"):
        for day, is_there in (("2026-12-02", True), ("2026-12-16", False)):
            [before] = await onprem.run("select max(at) as at from audit.event")
            page = (await (await as_role("front_desk")).get(path, day=day)).text
            events = await onprem.run(
                "select subject_kind, subject_ids from audit.event where act = 'list' and at > $1"
                " and purpose like 'appointments.%' order by subject_kind",
                before["at"],
            )
            assert ("Marlo Quenneville" in page, "Tamsin Overmeer" in page) == (is_there, False)
            seen = [(each["subject_kind"], list(each["subject_ids"])) for each in events]
            wanted = [("appointment", [row["id"]]), ("client", [row["client_id"]])]
            assert seen == (wanted if is_there else [])
