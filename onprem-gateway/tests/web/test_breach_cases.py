"""Breach cases: the 60 days, four factors, a decision by two, and who has to be told by when."""

import re
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.breach_cases.rules import (
    CLOCK,
    DECISIONS,
    FACTORS,
    LEVELS,
    MANY,
    NEXT,
    WHO,
    Decision,
    Facts,
    Level,
    Who,
    due_on,
    duties,
    stand,
)
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures

TODAY = datetime.now(ZoneInfo("America/New_York")).date()
LIST, INCIDENTS = "/compliance/breaches", "/compliance/incidents"
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
FOUR = {
    **dict.fromkeys(FACTORS, "As the log of the mail server says."),
    **{f"{name}_level": "low" for name in FACTORS},
}
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def day(ahead: int) -> str:
    """The day so many days from now."""
    return (TODAY + timedelta(days=ahead)).isoformat()


def test_lists_are_whole() -> None:
    """Each code has its words."""
    assert (set(LEVELS), set(DECISIONS)) == (set(Level), set(Decision))
    assert set(WHO) == set(NEXT) == set(Who)
    assert len(FACTORS) == 4


@given(
    found_out=DAYS,
    people=st.none() | st.integers(1, 2000),
    told=st.frozensets(st.sampled_from(Who)),
)
def test_duties_follow_the_rule(found_out: date, people: int | None, told: frozenset[Who]) -> None:
    """People within 60 days; HHS then too from 500 on, else 60 days after the year; media from 500 on."""
    due = {each.who: each for each in duties(found_out, people=people, told=told)}
    assert due[Who.PEOPLE].due_on == found_out + CLOCK
    is_many = people is not None and people >= MANY
    assert (Who.MEDIA in due) is is_many
    yearly = date(found_out.year, 12, 31) + timedelta(days=60)
    assert due[Who.HHS].due_on == (found_out + CLOCK if is_many else yearly)
    assert {each.who for each in due.values() if each.is_done} == told & set(due)
    case = Facts(
        discovered_on=found_out,
        people=people,
        is_assessed=True,
        decision=Decision.BREACH,
        is_confirmed=False,
        told=told,
    )
    assert stand(case).is_over is (set(due) <= told)


@given(
    found_out=DAYS,
    is_assessed=st.booleans(),
    decision=st.none() | st.just(Decision.LOW),
    is_confirmed=st.booleans(),
)
def test_case_is_over_only_when_two_agreed(
    found_out: date, decision: Decision | None, *, is_assessed: bool, is_confirmed: bool
) -> None:
    """Until then its day is that of the 60; past it, it is late."""
    case = Facts(
        discovered_on=found_out,
        people=None,
        is_assessed=is_assessed,
        decision=decision,
        is_confirmed=is_confirmed,
        told=frozenset(),
    )
    found = stand(case)
    assert found.is_over is (is_assessed and decision is Decision.LOW and is_confirmed)
    if not found.is_over:
        assert found.due_on == due_on(found_out)
        assert not found.is_late(due_on(found_out))
        assert found.is_late(due_on(found_out) + timedelta(1))


async def opened(officer: Signed, ahead: int, people: str = "3") -> str:
    """The path of a new case on a new incident."""
    incident = (await officer.follow(INCIDENTS, said="A letter went to the wrong house.")).url.path
    assert f"{incident}/breach" in (await officer.get(incident)).text
    page = await officer.follow(f"{incident}/breach", discovered_on=day(ahead), people=people)
    assert page.url.path.startswith(LIST)
    assert "Open it" in (await officer.get(f"{incident}/breach")).text
    twice = await officer.post(f"{incident}/breach", discovered_on=day(ahead), people=people)
    assert twice.status_code == 409
    return page.url.path


@pytest.mark.usefixtures("ledger")
async def test_low_probability_takes_two_and_a_new_assessment_asks_again(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The one who decided does not agree, here or in the database; another does; the incident says it all."""
    officer, admin = await as_role("compliance"), await as_role("admin")
    own = await opened(officer, -70)
    assert "past the 60 days" in (await officer.get("/compliance")).text
    early = await officer.post(f"{own}/decide", decision="low", why="Nothing was seen.")
    assert early.status_code == 409
    lacks = await officer.post(f"{own}/assess", **{**FOUR, "viewed": ""})
    assert lacks.status_code == 422
    await officer.follow(f"{own}/assess", **FOUR)
    page = await officer.follow(f"{own}/decide", decision="low", why="Nothing was seen.")
    assert "A second person has to agree" in page.text
    assert (await officer.post(f"{own}/confirm")).status_code == 409
    case_id = own.rpartition("/")[2]
    with pytest.raises(asyncpg.PostgresError, match="two_persons"):
        await onprem.run(
            f"do $$ begin {NAMED}; update compliance.breach_case set confirmed_by = decided_by,"
            f" confirmed_at = now() where id = '{case_id}'; end $$"
        )
    agreed = await admin.follow(f"{own}/confirm")
    assert "Admin Person agreed" in agreed.text
    assert "past the 60 days" not in (await officer.get("/compliance")).text
    again = await officer.follow(f"{own}/assess", **{**FOUR, "viewed_level": "high"})
    assert "Admin Person agreed" not in again.text
    rows = await onprem.run(
        "select incident_id from compliance.breach_case where id = $1", uuid.UUID(case_id)
    )
    trail = (await officer.get(f"{INCIDENTS}/{rows[0]['incident_id']}")).text
    assert "A second person agreed that the probability is low." in trail
    await officer.follow(f"{own}/decide", decision="low", why="Nothing was seen.")
    await admin.follow(f"{own}/confirm")
    asked = await officer.follow(f"{own}/discovered", discovered_on=day(-69))
    assert "Admin Person agreed" not in asked.text
    await officer.follow(f"{own}/decide", decision="low", why="Nothing was seen.")
    await admin.follow(f"{own}/confirm")


@pytest.mark.usefixtures("ledger")
async def test_breach_is_told_to_everyone_whom_the_rule_names(as_role: AsRole) -> None:
    """From 500 on three; each is noted and taken back; the case is done when all were told."""
    officer = await as_role("compliance")
    own = await opened(officer, -50)
    await officer.follow(f"{own}/assess", **FOUR)
    unknown = await officer.post(f"{own}/decide", decision="breach", why="It was sold.")
    assert (unknown.status_code, "how many people" in unknown.text) == (422, True)
    page = await officer.follow(
        f"{own}/decide", decision="breach", why="It was sold.", people="612"
    )
    assert "Local media" in page.text
    assert "due within 15 days" in (await officer.get("/compliance")).text
    ahead = await officer.post(f"{own}/told", who="people", told_on=day(1))
    assert ahead.status_code == 422
    for who in ("people", "hhs", "media"):
        page = await officer.follow(f"{own}/told", who=who, told_on=day(0), how="Letters.")
    assert "Everyone was told" in page.text
    undo = re.findall(rf'action="({own}/told/[0-9a-f-]+/undo)"', page.text)
    await officer.follow(undo[-1])
    assert "Everyone was told" not in (await officer.get(own)).text
    moved = await officer.follow(f"{own}/discovered", discovered_on=day(-1), people="612")
    assert "59 days left" in moved.text


async def test_roles_and_program(as_role: AsRole) -> None:
    """The front desk sees nothing, an administrator opens none, a program reads."""
    officer, admin, desk = [await as_role(r) for r in ("compliance", "admin", "front_desk")]
    own = await opened(officer, -3)
    assert (await desk.get(LIST)).status_code == 403
    assert (await admin.post(f"{own}/assess", **FOUR)).status_code == 403
    assert (await admin.get(own)).status_code == 200
    case_id = own.rpartition("/")[2]
    assert (await officer.post(f"{own}/told", who="hhs", told_on=day(0))).status_code == 409
    assert (await officer.get(f"{LIST}/{PEOPLE['admin']}")).status_code == 404
    listed = (await officer.browser.get("/api/v1/breach-cases")).json()["breach_cases"]
    [mine] = [each for each in listed if each["id"] == case_id]
    assert (mine["next_step"], mine["due_on"], mine["is_late"]) == ("Assess it", day(57), False)
    found = (await officer.browser.get(f"/api/v1/breach-cases/{case_id}")).json()
    assert found["duties"] == []
