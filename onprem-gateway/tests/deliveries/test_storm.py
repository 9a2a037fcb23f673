"""Storm and fuzz: what comes in any number and any shape ends, and costs what it may."""

from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lmhg_gateway.features.deliveries.events import EventRefused, parse
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_quality.intake_fuzz import MANY, fuzz, webhook
from lmhg_quality.intake_lab import PER_DAY, PER_MINUTE, Lab, intake_lab
from lmhg_quality.intake_storm import storm
from lmhg_stack.testing import PlaneDatabase

HOOKS, CLIENTS = 1_250, 75
"""A quarter of the storm of `python -m lmhg_quality.bench storm`; more calls than a day allows."""


@pytest.mark.found("I4", "a storm makes no call over ten in any sliding minute and 500 in any day")
@pytest.mark.found("I5", "a storm leaves a bounded number of ledger entries and queue rows")
async def test_storm_is_worked_off_within_the_limits(lab: Lab) -> None:
    """Every good webhook is done by the hour that was promised; hostile ones are set aside."""
    seen = await storm(lab, hooks=HOOKS, clients=CLIENTS)
    assert (seen.good_open, seen.hostile_open) == (0, 0)
    assert seen.good_done == HOOKS * 9 // 10
    assert seen.calls > PER_DAY
    assert seen.most_a_minute <= PER_MINUTE
    assert seen.most_a_day <= PER_DAY
    assert seen.refused_calls == 0
    assert seen.promised.waiting > 0
    assert seen.promise_kept
    assert seen.events_of_one <= 4
    assert seen.events <= HOOKS * 4
    assert seen.rows <= HOOKS * 3


@pytest.mark.found(
    "I1", "mutated webhooks and answers, HTTP to record: no jam, no endless retry, none lost"
)
async def test_fuzz_of_the_whole_path_finds_nothing(onprem: PlaneDatabase) -> None:
    """A small number here; `make fuzz` posts 100,000."""
    async with intake_lab(onprem, per_minute=MANY, per_day=MANY) as lab:
        await lab.empty()
        outcome = await fuzz(lab, bodies=600, random=Random(20))  # noqa: S311 - a seed that plays again
    assert outcome.is_good, outcome.text()
    assert set(outcome.results) >= {"done", "held", "refused"}


async def test_fuzz_finds_a_jam_where_there_is_one(
    onprem: PlaneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the guard of each item, one body stops the others."""

    def unguarded(self: Deliveries, row: object, result: str, code: str) -> None:
        raise UnicodeDecodeError("utf-8", b"", 0, 1, code)

    monkeypatch.setattr(Deliveries, "_set_aside", unguarded)
    async with intake_lab(onprem, per_minute=MANY, per_day=MANY) as lab:
        await lab.empty()
        outcome = await fuzz(lab, bodies=20, random=Random(20))  # noqa: S311 - a seed that plays again
        await lab.empty()
    assert outcome.jams
    assert outcome.endless
    assert not outcome.is_good


@settings(
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
    max_examples=300,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
@given(random=st.randoms(use_true_random=False))
def test_a_mutated_webhook_is_an_event_or_refused_with_a_code(random: Random) -> None:
    """Nothing else leaves the parser, so nothing else has to be foreseen behind it."""
    with suppress(EventRefused):
        event = parse(webhook(random))
        assert 0 < len(event.object_id) <= 80
