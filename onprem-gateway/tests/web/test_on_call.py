"""On call by dates: whose turn it is, who is away, the standing list, and the gaps of four weeks."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.absences.service import spans
from lmhg_gateway.features.risk_answers.rota import told_on
from lmhg_gateway.features.risk_answers.rota_rules import (
    ROTA_DAYS,
    TURN_DAYS_MAX,
    Turn,
    order_of,
    problems,
    stretches,
)
from lmhg_gateway.web.away import AwayPeople
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures

TODAY = datetime.now(ZoneInfo("America/New_York")).date()
CLINICIAN, DESK, ADMIN = (PEOPLE[each] for each in ("clinician", "front_desk", "admin"))
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
SOME = st.integers(1, 6).map(lambda number: uuid.UUID(int=number))


def day(ahead: int) -> str:
    """The day so many days from now."""
    return (TODAY + timedelta(days=ahead)).isoformat()


@given(turn=st.none() | SOME, listed=st.lists(SOME, max_size=3), away=st.frozensets(SOME))
def test_turn_is_first_and_who_is_away_is_told_only_where_no_one_else_is_left(
    turn: uuid.UUID | None, listed: list[uuid.UUID], away: frozenset[uuid.UUID]
) -> None:
    """Each once, in order, no one who is away before someone who is here."""
    told = order_of(turn, listed, away)
    named = {*listed, *([turn] if turn else [])}
    assert len(told) == len(set(told))
    assert set(told) == (named - away or named)
    if turn and turn not in away:
        assert told[0] == turn


@given(
    given_turns=st.lists(st.tuples(st.integers(-5, 30), st.integers(0, 9), SOME), max_size=6),
    away_from=st.integers(0, 27),
)
def test_four_weeks_name_each_day_once(
    given_turns: list[tuple[int, int, uuid.UUID]], away_from: int
) -> None:
    """The stretches are the days in order without a hole, each with whose turn it is or as a gap."""
    first = date(2026, 3, 2)
    turns = [
        Turn(first_on=first + timedelta(a), last_on=first + timedelta(a + more), person_id=who)
        for a, more, who in given_turns
    ]
    found = stretches(
        turns,
        first=first,
        days=ROTA_DAYS,
        is_away=lambda _, each: each >= first + timedelta(away_from),
    )
    days = [
        (each.first_on + timedelta(n), each)
        for each in found
        for n in range((each.last_on - each.first_on).days + 1)
    ]
    assert [each for each, _ in days] == [first + timedelta(n) for n in range(ROTA_DAYS)]
    for each, stretch in days:
        whose = [t.person_id for t in turns if t.first_on <= each <= t.last_on]
        assert stretch.person_id == (whose[0] if whose else None)
        assert stretch.is_away is (bool(whose) and each >= first + timedelta(away_from))
    assert all((each.last_on - each.first_on).days < 7 for each in found)


def test_turn_has_an_end_after_its_beginning_and_shares_no_day() -> None:
    """Three months at most; the day after another one's last is free."""
    other = Turn(first_on=TODAY, last_on=TODAY + timedelta(6), person_id=ADMIN)
    assert problems(TODAY, TODAY - timedelta(1), ())
    assert problems(TODAY, TODAY + timedelta(TURN_DAYS_MAX), ())
    assert problems(TODAY + timedelta(6), TODAY + timedelta(9), [other])
    assert not problems(TODAY + timedelta(7), TODAY + timedelta(9), [other])


async def test_turns_are_added_without_overlap_taken_back_and_shown(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The page says the gaps; the database itself refuses two turns on one day; clinicians only read."""
    admin, clinician = await as_role("admin"), await as_role("clinician")
    turn = {"person_id": str(CLINICIAN), "first_on": day(0), "last_on": day(6)}
    page = (await admin.follow("/on-call/turns", **turn)).text
    assert "Clinician Person" in page
    assert "21 days without a turn" in page
    assert "No one: we tell the people on the list" in page
    twice = await admin.post("/on-call/turns", **{**turn, "person_id": str(DESK)})
    assert (twice.status_code, "Someone has a turn" in twice.text) == (422, True)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await onprem.run(
            f"do $$ begin {NAMED}; insert into practice.on_call_turn"
            " (id, first_on, last_on, person_id, set_by)"
            f" values ('{uuid.uuid4()}', '{day(6)}', '{day(9)}', '{DESK}', 'test'); end $$"
        )
    rows = await onprem.run("select id from practice.on_call_turn where removed_at is null")
    own = f"/on-call/turns/{rows[0]['id']}"
    assert (await clinician.get("/on-call")).status_code == 200
    assert (await clinician.post(f"{own}/remove")).status_code == 403
    assert "28 days without a turn" in (await admin.follow(f"{own}/remove")).text
    assert "21 days without a turn" in (await admin.follow(f"{own}/restore")).text
    await admin.follow(f"{own}/remove")
    await admin.follow("/on-call/turns", **{**turn, "first_on": day(3)})
    assert (await admin.post(f"{own}/restore")).status_code == 409
    past = await admin.post("/on-call/turns", **{**turn, "first_on": day(-9), "last_on": day(-8)})
    assert past.status_code == 422
    stranger = await admin.post(
        "/on-call/turns", person_id=str(uuid.uuid4()), first_on=day(20), last_on=day(21)
    )
    assert stranger.status_code == 422


async def test_todays_turn_is_told_first_and_an_absence_passes_it_on(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Turn, then the list; away is left out; with everyone away and no clinician here they are told after all."""
    admin, desk = await as_role("admin"), await as_role("front_desk")
    await onprem.run(
        f"do $$ begin {NAMED}; update practice.on_call_turn set removed_at = now(), removed_by = 'test'"
        " where removed_at is null; end $$"
    )
    await admin.follow("/on-call", first=str(DESK), second=str(ADMIN))
    await admin.follow("/on-call/turns", person_id=str(CLINICIAN), first_on=day(0), last_on=day(1))
    db, points = Database(onprem.url("gw_worker"), pool_size=1), (AwayPeople(spans),)

    async def told() -> list[str]:
        async with db.uow(Actor("process: worker"), "test") as tx:
            return (await told_on(tx, TODAY, points))[1]

    try:
        assert await told() == ["clinician@lmhg.test", "front_desk@lmhg.test", "admin@lmhg.test"]
        paths: list[str] = []
        for person in (CLINICIAN, DESK, ADMIN):
            page = await desk.follow(
                "/absences/new",
                person_id=str(person),
                reason="sick",
                first_on=day(0),
                last_on=day(0),
            )
            paths.append(page.url.path)
            if person == CLINICIAN:
                assert await told() == ["front_desk@lmhg.test", "admin@lmhg.test"]
                assert "Away: we tell the people on the list" in (await admin.get("/on-call")).text
        assert await told() == sorted(
            ["clinician@lmhg.test", "front_desk@lmhg.test", "admin@lmhg.test"]
        )
        for path in paths:
            await desk.follow(f"{path}/cancel")
        assert (await told())[0] == "clinician@lmhg.test"
    finally:
        await db.close()


async def test_program_reads_and_changes_turns(as_role: AsRole) -> None:
    """The same by the API."""
    admin = await as_role("admin")
    admin.browser.headers["x-csrf-token"] = admin.token
    turn = {"person_id": str(DESK), "first_on": day(14), "last_on": day(20)}
    made = await admin.browser.post("/api/v1/on-call/turns", json=turn)
    assert made.status_code == 201
    found = (await admin.browser.get("/api/v1/on-call")).json()
    assert made.json() in found["turns"]
    gone = await admin.browser.delete(f"/api/v1/on-call/turns/{made.json()['id']}")
    assert gone.status_code == 204
    after = (await admin.browser.get("/api/v1/on-call")).json()
    assert (made.json() in after["turns"], after["gap_days"]) == (False, found["gap_days"] + 7)
