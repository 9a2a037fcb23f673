"""The demo practice has a past when `make up` returns: people on every stage, by the table of steps."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from litestar.testing import TestClient

from lmhg_gateway.features.referrals.rules import State, check_move
from lmhg_stack.canary.tokens import Canary
from lmhg_stack.demo.opening import APPOINTMENTS, DAYS_BACK, NOTES, Past, is_wanted
from lmhg_stack.demo.stages import WAYS, Way, counted, moments, spread
from lmhg_stack.intakeq.play import Play
from lmhg_stack.intakeq.practice import Practice
from lmhg_stack.layout import Layout
from lmhg_stack.stack import Stack
from lmhg_stack.testing import PlaneDatabase

ZONE = ZoneInfo("America/Kentucky/Louisville")
NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_one_that_the_table_allows(way: Way) -> None:
    """Each step with its reason, from the first state on."""
    states = [State.RECEIVED, *(step.to for step in way)]
    for (state, to), step in zip(pairwise(states), way, strict=True):
        assert check_move(state, to=to, reason=step.reason).to == step.to


def test_every_stage_of_the_board_has_somebody() -> None:
    """A board with one full column says nothing about the others."""
    assert min(counted(WAYS).values()) >= 1
    assert sum(counted(WAYS).values()) == len(WAYS)


def test_steps_lie_evenly_between_the_first_day_and_now() -> None:
    """None is still to come, and none is before the person came."""
    begun = NOW - timedelta(days=9)
    assert list(moments(begun, NOW, 2)) == [NOW - timedelta(days=6), NOW - timedelta(days=3)]


def test_past_is_put_once(simulator: TestClient[Any]) -> None:
    """An interrupted `make up` that is called again doubles nobody; the first came some weeks ago."""
    past = Past(simulator)
    past.put()
    expected = {
        "client": len(WAYS), "appointment": APPOINTMENTS, "intake": len(WAYS), "note": NOTES,
    }  # fmt: skip
    assert simulator.get("/_sim/status").json()["objects"] == expected
    past.put()
    assert simulator.get("/_sim/status").json()["objects"] == expected
    sent = [each["DateSubmitted"] for each in simulator.get("/_sim/objects/intake").json()]
    assert sent == sorted(sent)
    assert (sent[-1] - sent[0]) / 86_400_000 == pytest.approx(DAYS_BACK, abs=0.1)


def test_stack_gets_its_past_once_and_only_with_the_play(tmp_path: Path) -> None:
    """Tests of the whole product turn the play off: they count what they made themselves."""
    still = Stack(Layout(tmp_path), extra={"LMHG_SIM_PLAY": "false"})
    playing = Stack(Layout(tmp_path))
    assert (is_wanted(still), is_wanted(playing)) == (False, True)
    playing.layout.opened.parent.mkdir(parents=True, exist_ok=True)
    playing.layout.opened.touch()
    assert not is_wanted(playing)


def test_play_begins_with_a_person_where_there_is_nobody() -> None:
    """Nothing can be booked for nobody."""
    practice = Practice(Canary("demo"), zone=ZONE)
    play = Play(practice, seed="demo")
    assert play.next().event == "Intake Submitted"
    assert [play.next().event for _ in range(20)].count("AppointmentCreated") > 3


async def test_referrals_are_taken_their_way_by_the_front_desk(onprem: PlaneDatabase) -> None:
    """Each ends where its way ends; its steps are days apart, and are on record."""
    came = datetime.now(UTC) - timedelta(days=20)
    for number, _ in enumerate(WAYS):
        client, at = uuid.uuid4(), came + timedelta(hours=number)
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true);"
            f" insert into practice.client (id) values ('{client}');"
            " insert into practice.referral (id, client_id, source_category, received_on, channel,"
            f" concern_code, state_at) values ('{uuid.uuid4()}', '{client}', 'unknown', '{at:%Y-%m-%d}',"
            f" 'intake_form', 'unknown', '{at.isoformat()}'); end $$"
        )
    await spread(onprem.url("lmhg_migrator"))
    rows = await onprem.run("select state, count(*) as n from practice.referral group by state")
    assert {State(row["state"]): row["n"] for row in rows} == counted(WAYS)
    steps = await onprem.run(
        "select count(*) as n, max(moved_at) < now() as past from practice.referral_move"
    )
    assert (steps[0]["n"], steps[0]["past"]) == (sum(map(len, WAYS)), True)
    await spread(onprem.url("lmhg_migrator"))
    left = await onprem.run("select count(*) as n from practice.referral where state = 'booked'")
    assert left[0]["n"] == counted(WAYS)[State.BOOKED]
