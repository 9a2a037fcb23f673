"""Office hours: who changes them, what is refused, and that due dates count by them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lmhg_gateway.features.office_hours.holiday_rules import suggested
from lmhg_kit.http.testing import AsRole
from lmhg_kit.practice import Practice

from .records import referral_of  # noqa: TID252 - beside this file

ZONE = ZoneInfo("America/Kentucky/Louisville")
PRACTICE = Practice("America/Kentucky/Louisville")


async def test_holiday_moves_what_is_due(as_role: AsRole) -> None:
    """A day added by an administrator is skipped by the next due date; others may only read."""
    admin, desk = await as_role("admin"), await as_role("front_desk")
    today = PRACTICE.today()
    begun = {(today + timedelta(days=ahead)).isoformat() for ahead in range(1, 9)}
    for day in begun:
        await admin.follow("/office-hours/closed", day=day, name="Closed for paint")
    assert "Closed for paint" in (await desk.get("/office-hours")).text
    assert (await desk.get("/office-hours/closed")).status_code == 403
    path = await referral_of(desk, "Fern Holiday")
    desk.browser.headers["x-csrf-token"] = desk.token
    listed = (await desk.browser.get("/api/v1/work")).json()["work"]
    mine = next(each for each in listed if each["client"] == "Fern Holiday")
    due = datetime.fromisoformat(mine["due_at"]).astimezone(ZONE).date()
    assert due > today + timedelta(days=8)
    assert path
    for day in begun:
        await admin.follow(f"/office-hours/closed/{day}/remove")
    past = await admin.post("/office-hours/closed", day="2020-01-01", name="Too late")
    assert (past.status_code, "Choose a day from today on" in past.text) == (422, True)


async def test_week_is_saved_and_a_wrong_one_refused(as_role: AsRole) -> None:
    """All that is wrong comes in one round; by page and by API."""
    admin = await as_role("admin")
    wrong = await admin.post(
        "/office-hours", monday_opens="17:00", monday_closes="09:00", tuesday_opens="09:00"
    )
    assert wrong.status_code == 422
    assert "Closing time is before opening time" in wrong.text
    assert "Write both times, or none" in wrong.text
    never = await admin.post("/office-hours")
    assert "at least one day" in never.text
    week = {
        f"{day}_{which}": clock
        for day in ("monday", "friday")
        for which, clock in (("opens", "08:30"), ("closes", "12:00"))
    }
    assert "Office hours saved" in (await admin.follow("/office-hours", **week)).text
    admin.browser.headers["x-csrf-token"] = admin.token
    said = (await admin.browser.get("/api/v1/office-hours")).json()
    assert [each["weekday"] for each in said["week"]] == ["monday", "friday"]
    usual = {
        f"{day}_{which}": clock
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
        for which, clock in (("opens", "09:00"), ("closes", "17:00"))
    }
    again = await admin.browser.put("/api/v1/office-hours", json=usual)
    assert len(again.json()["week"]) == 5
    day = (PRACTICE.today() + timedelta(days=40)).isoformat()
    made = await admin.browser.post(
        "/api/v1/office-hours/closed", json={"day": day, "name": "Retreat"}
    )
    assert day in [each["day"] for each in made.json()["closed"]]
    gone = await admin.browser.delete(f"/api/v1/office-hours/closed/{day}")
    assert day not in [each["day"] for each in gone.json()["closed"]]
    assert date.fromisoformat(day)


def test_suggested_holidays_are_workdays_that_are_still_open() -> None:
    """The state's own days too; none twice, none past, none on a day that is closed anyway."""
    today, week = date(2026, 11, 29), range(5)
    found = suggested(state="KY", today=today, known=(), works_on=week)
    assert (date(2026, 12, 25), "Christmas Day") in found
    assert (date(2027, 3, 26), "Good Friday") in found
    assert found == sorted(found)
    assert all(day >= today and day.weekday() < 5 for day, _ in found)
    known = {date(2026, 12, 25)}
    fewer = suggested(state="KY", today=today, known=known, works_on=week)
    assert len(fewer) == len(found) - 1
    country = suggested(state="Nowhere", today=today, known=(), works_on=week)
    assert date(2027, 3, 26) not in dict(country)
    assert date(2026, 12, 25) in dict(country)


async def test_suggested_holidays_are_added_by_ticking_them(as_role: AsRole) -> None:
    """What was ticked is closed; a day that was not offered is left out; ticking none changes nothing."""
    admin = await as_role("admin")
    offered = (await admin.browser.get("/api/v1/office-hours/suggested")).json()
    day = offered[0]["day"]
    none = await admin.post("/office-hours/closed/suggested")
    assert "Tick at least one day" in none.text
    await admin.follow("/office-hours/closed/suggested", days=day)
    odd = (PRACTICE.today() + timedelta(days=400)).isoformat()
    assert (await admin.post("/office-hours/closed/suggested", days=odd)).status_code == 422
    closed = {
        each["day"] for each in (await admin.browser.get("/api/v1/office-hours")).json()["closed"]
    }
    assert day in closed
    assert odd not in closed
    left = {
        each["day"] for each in (await admin.browser.get("/api/v1/office-hours/suggested")).json()
    }
    assert day not in left
    await admin.follow(f"/office-hours/closed/{day}/remove")
