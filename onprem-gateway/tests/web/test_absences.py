"""Absences: who is away, who covers for which client, and what moves when someone leaves."""

import re
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.absences.rules import (
    DAYS_MAX,
    REASONS,
    Reason,
    cannot_cover,
    is_shown,
    problems,
    touches,
)
from lmhg_gateway.web.away import AwaySpan
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .records import new_client, referral_of  # noqa: TID252 - beside this file

ZONE = ZoneInfo("America/New_York")
TODAY = datetime.now(ZONE).date()
CLINICIAN, DEPUTY = str(PEOPLE["clinician"]), str(PEOPLE["deputy"])
OTHER = uuid.UUID(int=0xA1)
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def day(ahead: int) -> str:
    """The day so many days from now."""
    return (TODAY + timedelta(days=ahead)).isoformat()


@given(a=DAYS, b=DAYS, c=DAYS, d=DAYS, is_open=st.booleans())
def test_spans_touch_where_they_have_a_day_in_common(
    a: date, b: date, c: date, d: date, *, is_open: bool
) -> None:
    """As counting the days says."""
    one = AwaySpan(OTHER, min(a, b), max(a, b))
    first, last = min(c, d), max(c, d)
    until = date(2027, 6, 1) if is_open else last
    common = {one.first_on + timedelta(n) for n in range((max(a, b) - min(a, b)).days + 1)}
    expected = any(first <= each <= until for each in common)
    assert touches(one, first, None if is_open else last) is expected
    absence = AwaySpan(uuid.UUID(int=1), first, last)
    counted = any(first <= each <= last for each in common)
    assert cannot_cover(absence, OTHER, [one]) is counted
    assert cannot_cover(absence, absence.person_id, [])


def test_reason_decides_whether_there_is_a_last_day() -> None:
    """Leaving has none, the others have one, not before the first day and not a year later."""
    assert set(REASONS) == set(Reason)
    assert problems(Reason.LEAVING, TODAY, None) == {}
    assert problems(Reason.LEAVING, TODAY, TODAY)
    assert problems(Reason.SICK, TODAY, None)
    assert problems(Reason.SICK, TODAY, TODAY - timedelta(days=1))
    assert problems(Reason.SICK, TODAY, TODAY + timedelta(days=DAYS_MAX))
    assert problems(Reason.SICK, TODAY, TODAY + timedelta(days=DAYS_MAX - 1)) == {}


def test_who_leaves_too_does_not_take_over() -> None:
    """Of two who leave neither covers for the other; who is away later does."""
    leaving = AwaySpan(uuid.UUID(int=1), date(2026, 3, 1), None)
    assert cannot_cover(leaving, OTHER, [AwaySpan(OTHER, date(2026, 9, 1), None)])
    assert cannot_cover(leaving, OTHER, [AwaySpan(OTHER, date(2026, 2, 20), date(2026, 3, 2))])
    assert not cannot_cover(leaving, OTHER, [AwaySpan(OTHER, date(2026, 5, 1), date(2026, 5, 9))])


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(14, 20, True), (15, 20, False), (-9, 0, True), (-9, -1, False), (-60, None, True), (-61, None, False)],
)  # fmt: skip
def test_clients_page_speaks_while_it_matters(first: int, last: int | None, *, shown: bool) -> None:
    """From two weeks before until the last day, or two months after someone left."""
    until = None if last is None else TODAY + timedelta(days=last)
    assert is_shown(TODAY + timedelta(days=first), until, today=TODAY) is shown


@pytest.fixture
async def other(onprem: PlaneDatabase, people: dict[str, uuid.UUID]) -> str:
    """A second clinician; no one is away and no one owns anything."""
    assert people
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.staff_profile"
        " (id, display_name, roles, active, email)"
        f" values ('{OTHER}', 'Lysander Quill', '{{clinician}}', true, 'lysander@lmhg.test')"
        " on conflict do nothing; update practice.absence set canceled_at = now(),"
        " canceled_by = 'test' where canceled_at is null;"
        " update practice.referral set owner_id = null;"
        " update practice.work_item set owner_id = null; end $$"
    )
    return str(OTHER)


async def booked(
    onprem: PlaneDatabase, client: str, ahead: int, *, status: str = "confirmed"
) -> None:
    """An appointment of a client with the clinician at noon so many days ahead."""
    starts = datetime.combine(TODAY + timedelta(days=ahead), datetime.min.time(), ZONE)
    starts += timedelta(hours=12)
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) values"
        f" ('{uuid.uuid4()}', '{client}', '{CLINICIAN}', '{starts}',"
        f" '{starts + timedelta(minutes=50)}', '{status}'); end $$"
    )


async def absence(who: Signed, first: int, last: int | None, reason: str = "vacation") -> str:
    """The path of a new absence of the clinician."""
    page = await who.follow(
        "/absences/new",
        person_id=CLINICIAN,
        reason=reason,
        first_on=day(first),
        last_on="" if last is None else day(last),
    )
    return page.url.path


def undo_of(page: str) -> str:
    """The form that takes back what was just done."""
    found = re.findall(r'action="(/absences/[0-9a-z/-]+/undo)"', page)
    assert found
    return found[0]


async def owners(onprem: PlaneDatabase, referral: str) -> list[str]:
    """Who owns a referral, and the row of the work list that follows from it."""
    rows = await onprem.run(
        "select owner_id from practice.referral where id = $1"
        " union all select owner_id from practice.work_item where subject_id = $1",
        uuid.UUID(referral.rsplit("/", 1)[1]),
    )
    return [str(row["owner_id"]) for row in rows]


async def test_handover_lists_clients_of_these_days_and_says_who_covers(
    as_role: AsRole, onprem: PlaneDatabase, other: str
) -> None:
    """A client before, after or canceled is not on it; the row is red until someone covers; undo."""
    desk = await as_role("front_desk")
    names = {each: f"{each} {uuid.uuid4().hex[:8]}" for each in ("Within", "After", "Canceled")}
    clients = {each: await new_client(as_role, name) for each, name in names.items()}
    await booked(onprem, clients["Within"], 3)
    await booked(onprem, clients["Within"], 4)
    await booked(onprem, clients["After"], 9)
    await booked(onprem, clients["Canceled"], 3, status="canceled")
    own = await absence(desk, 2, 5)
    page = (await desk.get(own)).text
    assert [name in page for name in names.values()] == [True, False, False]
    assert "2 appointments" in page
    board = (await desk.get("/appointments/board", day=day(3))).text
    assert board.count("Clinician Person is away this day") == 1
    assert "is away this day" not in (await desk.get("/appointments/board", day=day(9))).text
    assert "1 client without cover" in page
    assert "1 client without cover" in (await desk.get("/absences")).text
    saved = await desk.follow(f"{own}/covers", covers=[f"{clients['Within']}.{other}"])
    assert "Everyone is covered" in saved.text
    banner = (await desk.get(f"/clients/{clients['Within']}")).text
    assert "Lysander Quill covers." in banner
    await desk.follow(undo_of(saved.text))
    assert "1 client without cover" in (await desk.get(own)).text
    assert "Lysander Quill covers." not in (await desk.get(f"/clients/{clients['Within']}")).text
    all_of = await desk.follow(f"{own}/covers/all", cover_id=other)
    assert "Everyone is covered" in all_of.text
    again = await desk.follow(f"{own}/covers/all", cover_id=other)
    assert "Nothing changed." in again.text


async def test_who_is_away_too_cannot_cover_and_turns_the_row_red(
    as_role: AsRole, onprem: PlaneDatabase, other: str
) -> None:
    """Refused when asked, and red where it becomes so later."""
    desk, admin = await as_role("front_desk"), await as_role("admin")
    client = await new_client(as_role, f"Both {uuid.uuid4().hex[:8]}")
    await booked(onprem, client, 12)
    own = await absence(desk, 11, 13)
    await desk.follow(f"{own}/covers", covers=[f"{client}.{other}"])
    await admin.follow(
        "/absences/new", person_id=other, reason="sick", first_on=day(12), last_on=day(12)
    )
    assert "Away too" in (await desk.get(own)).text
    refused = await desk.post(f"{own}/covers/all", cover_id=other)
    assert (refused.status_code, "not away" in refused.text) == (422, True)
    himself = await desk.post(f"{own}/covers/all", cover_id=CLINICIAN)
    assert himself.status_code == 422
    stranger = await new_client(as_role, f"Stranger {uuid.uuid4().hex[:8]}")
    changed = await desk.post(f"{own}/covers", covers=[f"{stranger}.{other}"])
    assert changed.status_code == 409


async def test_leaving_moves_referrals_and_work_and_undo_brings_them_back(
    as_role: AsRole, onprem: PlaneDatabase, other: str
) -> None:
    """In one unit of work; a second change of mind moves them on; the undo of the newest goes one back."""
    desk, admin, clinician = [await as_role(r) for r in ("front_desk", "admin", "clinician")]
    referral = await referral_of(desk, f"Leaver {uuid.uuid4().hex[:8]}")
    await clinician.follow(f"{referral}/owner", owner="me")
    assert set(await owners(onprem, referral)) == {CLINICIAN}
    refused = await desk.post(
        "/absences/new", person_id=CLINICIAN, reason="leaving", first_on=day(20)
    )
    assert refused.status_code == 403
    own = await absence(admin, 20, None, "leaving")
    assert "1 open referral" in (await admin.get(own)).text
    third = uuid.UUID(int=0xA2)
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.staff_profile (id, display_name, roles, active, email)"
        f" values ('{third}', 'Ottoline Marsh', '{{clinician}}', true, 'ottoline@lmhg.test')"
        " on conflict do nothing; end $$"
    )
    await admin.follow(f"{own}/covers/all", cover_id=other)
    moved = await owners(onprem, referral)
    assert (set(moved), len(moved)) == ({other}, 2)
    rows = await onprem.run(
        "select client_id from practice.referral where id = $1",
        uuid.UUID(referral.rsplit("/", 1)[1]),
    )
    client = str(rows[0]["client_id"])
    second = await admin.follow(f"{own}/covers", covers=[f"{client}.{third}"])
    assert set(await owners(onprem, referral)) == {str(third)}
    await admin.follow(undo_of(second.text))
    assert set(await owners(onprem, referral)) == {other}
    assert (await desk.post(f"{own}/cancel")).status_code == 403


async def test_dated_absence_moves_no_ownership(
    as_role: AsRole, onprem: PlaneDatabase, other: str
) -> None:
    """Who is away for some days sees to their referrals again afterwards."""
    desk, clinician = await as_role("front_desk"), await as_role("clinician")
    referral = await referral_of(desk, f"Stays {uuid.uuid4().hex[:8]}")
    await clinician.follow(f"{referral}/owner", owner="me")
    own = await absence(desk, 1, 2)
    await desk.follow(f"{own}/covers/all", cover_id=other)
    assert set(await owners(onprem, referral)) == {CLINICIAN}


async def test_own_absence_others_and_roles(as_role: AsRole, other: str) -> None:
    """A clinician writes down their own alone; same days twice are refused; cancel and undo; trainers see nothing."""
    clinician, desk, trainer = [await as_role(r) for r in ("clinician", "front_desk", "trainer")]
    theirs = {"person_id": other, "reason": "sick", "first_on": day(1), "last_on": day(1)}
    assert (await clinician.post("/absences/new", **theirs)).status_code == 403
    own = await absence(clinician, 30, 32)
    twice = await desk.post(
        "/absences/new", person_id=CLINICIAN, reason="sick", first_on=day(32), last_on=day(33)
    )
    assert (twice.status_code, "already away" in twice.text) == (422, True)
    before = await desk.post(f"{own}/days", last_on=day(29))
    assert (before.status_code, "before the first" in before.text) == (422, True)
    assert "New last day saved." in (await desk.follow(f"{own}/days", last_on=day(40))).text
    canceled = await desk.follow(f"{own}/cancel")
    assert "Canceled" in canceled.text
    await desk.follow(f"{own}/restore")
    assert "To come" in (await desk.get(own)).text
    await desk.follow(f"{own}/cancel")
    again = await absence(desk, 31, 31)
    assert (await desk.post(f"{own}/restore")).status_code == 409
    await desk.follow(f"{again}/cancel")
    assert (await trainer.get("/absences")).status_code == 403
    assert (await desk.get(f"/absences/{uuid.uuid4()}")).status_code == 404


async def test_program_reads_and_covers(as_role: AsRole, onprem: PlaneDatabase, other: str) -> None:
    """The same by the API, with counts and an act that is undone."""
    desk = await as_role("front_desk")
    desk.browser.headers["x-csrf-token"] = desk.token
    client = await new_client(as_role, f"Api {uuid.uuid4().hex[:8]}")
    await booked(onprem, client, 51)
    said = {"person_id": CLINICIAN, "reason": "training", "first_on": day(50), "last_on": day(52)}
    made = await desk.browser.post("/api/v1/absences", json=said)
    assert made.status_code == 201
    own = f"/api/v1/absences/{made.json()['id']}"
    found = (await desk.browser.get(own)).json()
    assert found["without_cover"] == 1
    assert [each["counts"] for each in found["clients"]] == [{"appointment": 1}]
    covers = {"covers": [{"client_id": client, "cover_id": other}]}
    act = (await desk.browser.post(f"{own}/covers", json=covers)).json()
    assert act["changed"] == 1
    assert (await desk.browser.get(own)).json()["without_cover"] == 0
    undone = await desk.browser.post(f"{own}/covers/{act['act_id']}/undo")
    assert undone.status_code == 204
    assert (await desk.browser.post(f"{own}/covers/{act['act_id']}/undo")).status_code == 404
    all_of = await desk.browser.post(f"{own}/covers/all", json={"cover_id": other})
    assert all_of.json()["changed"] == 1
    later = await desk.browser.post(f"{own}/days", json={"last_on": day(53)})
    assert later.json()["last_on"] == day(53)
    assert (await desk.browser.post(f"{own}/cancel")).json()["canceled_at"]
    listed = (await desk.browser.get("/api/v1/absences", params={"which": "canceled"})).json()
    assert made.json()["id"] in {each["id"] for each in listed["absences"]}
