"""Visits allowed: warned before the last one and before the last day, counted, asked for, ended."""

import re
import uuid
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.authorizations.jobs import Warnings
from lmhg_gateway.features.authorizations.rules import Allowed, Level, said, standing
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - beside this file

PRACTICE = Practice("America/Kentucky/Louisville")
TODAY = date(2026, 11, 30)
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
allowed = st.builds(
    Allowed,
    units=st.none() | st.integers(1, 40),
    used=st.integers(0, 45),
    booked=st.integers(0, 9),
    valid_until=st.none() | st.integers(-30, 200).map(lambda days: TODAY + timedelta(days=days)),
    warn_units=st.integers(1, 5),
    warn_days=st.integers(1, 30),
)


def level(**what: object) -> Level:
    """How an authorization is on the last day of November."""
    return standing(Allowed(**what), today=TODAY).level  # type: ignore[arg-type]


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


@pytest.fixture
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    yield db
    await db.close()


def test_warns_before_the_last_visit_and_before_the_last_day() -> None:
    """Two are left, one is left, none is left; two weeks, today, yesterday."""
    assert [level(units=8, used=used) for used in (5, 6, 7, 8)] == [
        Level.FINE, Level.LAST, Level.LAST, Level.OVER,
    ]  # fmt: skip
    days = (15, 14, 0, -1)
    assert [level(valid_until=TODAY + timedelta(days=each)) for each in days] == [
        Level.FINE, Level.SOON, Level.SOON, Level.OVER,
    ]  # fmt: skip


@given(allowed)
def test_nobody_is_surprised(one: Allowed) -> None:
    """Before it is over it was the last or it was soon; each visit or day less makes it no better."""
    worst = list(Level)
    now = standing(one, today=TODAY)
    later = standing(one, today=TODAY + timedelta(days=1))
    assert worst.index(later.level) <= worst.index(now.level)
    if later.level is Level.OVER and now.level is not Level.OVER:
        assert now.level in (Level.LAST, Level.SOON)
    assert now.left is None or now.left >= 0
    assert now.unbooked is None or now.left is None or now.unbooked <= now.left


def test_it_says_what_is_left() -> None:
    """In the reader's words."""
    one = Allowed(units=8, used=6, valid_until=date(2026, 12, 31))
    assert said(one, today=TODAY) == "2 of 8 visits left, until Dec 31, 2026"
    assert "ended" in said(Allowed(valid_until=date(2026, 11, 1)), today=TODAY)


async def allow(desk: Signed, path: str, **what: str) -> str:
    """The path of what someone put down for a referral."""
    usual = {"granted_by": "insurer", "used": "0", "warn_units": "2", "warn_days": "14"}
    page = await desk.follow(f"{path}/authorizations", **{**usual, **what})
    assert page.status_code == 200, page.text
    return page.url.path


async def test_counted_to_the_last_and_on_the_work_list(desk: Signed) -> None:
    """Enough is left: nothing to do. Two are left: ask. Asked: get the answer. Ended: off the list."""
    path = await referral_of(desk, "Lorna Limited")
    one = await allow(desk, path, units="3", number="AUTH-77")
    assert "Lorna Limited" not in (await desk.get("/work?view=insurance")).text
    page = await desk.get(one)
    assert "AUTH-77" in page.text
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert seen
    page = await desk.follow(f"{one}/count", step="1", seen=seen[1])
    assert "2 of 3 visits left" in page.text
    twice = await desk.post(f"{one}/count", step="1", seen=seen[1])
    assert twice.status_code == 409
    work = (await desk.get("/work?view=insurance")).text
    assert "Ask for more visits" in work
    await desk.follow(f"{one}/asked")
    assert "Get an answer: more visits" in (await desk.get("/work?view=insurance")).text
    await desk.follow(f"{one}/end")
    assert "Lorna Limited" not in (await desk.get("/work?view=insurance")).text
    back = await desk.follow(f"{one}/reopen")
    assert "Last visits" in back.text


async def test_attended_visits_count_by_themselves_and_the_worker_warns(
    desk: Signed, onprem: PlaneDatabase, worker_db: Database
) -> None:
    """A visit that began uses one up, one that was missed does not; a booked one is not left to book."""
    path = await referral_of(desk, "Milo Attending")
    one = await allow(desk, path, units="4", granted_by="referral")
    worker = Warnings(worker_db, PRACTICE)
    assert await worker.step() == 0
    now = datetime.now(PRACTICE.zone)
    visits = [
        (now - timedelta(minutes=1), "attended"),
        (now - timedelta(minutes=2), "confirmed"),
        (now - timedelta(minutes=3), "missed"),
        (now + timedelta(days=3), "confirmed"),
    ]
    for starts, status in visits:
        await onprem.run(
            f"do $$ begin {NAMED}; insert into practice.appointment"
            " (id, client_id, starts_at, ends_at, status) select"
            f" gen_random_uuid(), client_id, '{starts.isoformat()}', '{starts.isoformat()}', '{status}'"
            f" from practice.referral where id = '{path.rsplit('/', 1)[1]}'; end $$"
        )
    assert await worker.step() == 1
    assert await worker.step() == 0
    page = (await desk.get(one)).text
    assert "2 of 4 visits left" in page
    assert re.search(r"Left to book</dt>\s*<dd>\s*1\s*</dd>", page)
    assert "Milo Attending" in (await desk.get("/work?view=insurance")).text
    rows = await onprem.run(
        "select id, status, starts_at from practice.appointment where client_id ="
        " (select client_id from practice.referral where id = $1) order by starts_at",
        uuid.UUID(path.rsplit("/", 1)[1]),
    )
    _, held, _, ahead = (f"/appointments/{each['id']}" for each in rows)
    await desk.follow(f"{held}/state", state="missed", seen="expected")
    await desk.follow(f"{ahead}/cancel", reason="client")
    page = (await desk.get(one)).text
    assert "3 of 4 visits left" in page
    assert re.search(r"Left to book</dt>\s*<dd>\s*3\s*</dd>", page)


async def test_last_day_is_near(desk: Signed) -> None:
    """It warns though no visit was used, and is due by its last day."""
    path = await referral_of(desk, "Nell Dated")
    until = PRACTICE.today() + timedelta(days=10)
    one = await allow(desk, path, valid_until=until.isoformat())
    assert "Ends soon" in (await desk.get(one)).text
    assert "Renew before the last day" in (await desk.get("/work?view=insurance")).text
    listed = (await desk.get("/authorizations?as=csv")).text
    assert "Nell Dated" in listed


async def test_what_allows_nothing_is_refused_and_kept_as_typed(desk: Signed) -> None:
    """No number and no day; a day that is over; more used than allowed."""
    path = await referral_of(desk, "Otis Wrong")
    usual = {"granted_by": "insurer", "used": "0", "warn_units": "2", "warn_days": "14"}
    nothing = await desk.post(f"{path}/authorizations", **usual, number="KEEP-1")
    assert nothing.status_code == 422
    assert "Write the number of visits, or the last day." in nothing.text
    assert 'value="KEEP-1"' in nothing.text
    past = await desk.post(f"{path}/authorizations", **usual, valid_until="2020-01-01")
    assert past.status_code == 422
    over = await desk.post(f"{path}/authorizations", **{**usual, "used": "9"}, units="3")
    assert "More visits are used than allowed." in over.text
    unknown = uuid.UUID(int=0xDEAD)
    assert (await desk.get(f"/authorizations/{unknown}")).status_code == 404


async def test_by_api(desk: Signed) -> None:
    """Put down, counted, asked for and ended by a program as on the pages."""
    path = await referral_of(desk, "Petra Program")
    desk.browser.headers["x-csrf-token"] = desk.token
    made = await desk.browser.post(
        f"/api/v1{path}/authorizations", json={"granted_by": "insurer", "units": 2, "warn_units": 1}
    )
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["left"], one["level"]) == (2, "fine")
    own = f"/api/v1/authorizations/{one['id']}"
    counted = await desk.browser.post(f"{own}/count", json={"step": "1", "seen": one["version"]})
    assert counted.json()["level"] == "last"
    stale = await desk.browser.post(f"{own}/count", json={"step": "1", "seen": one["version"]})
    assert stale.status_code == 409
    assert (await desk.browser.post(f"{own}/end")).json()["ended"] is True
    [listed] = (await desk.get(f"/api/v1{path}/authorizations")).json()["authorizations"]
    assert listed["ended"] is True
    past = await desk.browser.post(
        f"/api/v1{path}/authorizations",
        json={"granted_by": "insurer", "valid_until": "2020-01-01"},
    )
    assert past.status_code == 422
