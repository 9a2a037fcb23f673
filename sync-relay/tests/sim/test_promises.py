"""R1 to R7 by seed, and the rules that they hang on, each taken away once."""

import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from lmhg_relay.sim.options import Options
from lmhg_relay.sim.run import Outcome, run_seed

SEEDS = int(os.environ.get("LMHG_SIM_SEEDS", "300"))
CONTROL_SEEDS = 40
WITHOUT = {
    "fencing": Options(is_unfenced=True),
    "receipts": Options(closes_on_broker_ack=True),
    "tombstones": Options(has_no_tombstones=True),
    "commit_order": Options(is_order_by_sequence=True),
    "gates": Options(gates_are_open=True),
}


def test_promises_hold_for_every_seed() -> None:
    """Edits, recalls, crashes, loss, wipes, partitions, jumps, restores and two senders."""
    with ProcessPoolExecutor(2) as pool:
        outcomes = list(pool.map(run_seed, range(SEEDS), chunksize=10))
    assert [(outcome.seed, outcome.broken) for outcome in outcomes if outcome.broken] == []


def test_a_seed_replays_exactly() -> None:
    """The same seed gives the same ledger, to the entry, and the same trace."""
    assert run_seed(8) == run_seed(8)


@pytest.mark.parametrize("rule", WITHOUT)
def test_a_seed_fails_without(rule: str) -> None:
    """The simulation would notice if the rule were gone: a negative control for each."""
    found: Outcome | None = None
    for seed in range(CONTROL_SEEDS):
        outcome = run_seed(seed, WITHOUT[rule])
        if outcome.broken is not None:
            found = outcome
            break
    assert found is not None
    assert run_seed(found.seed, WITHOUT[rule]).broken == found.broken
