"""R1 to R7 by seed, and the rules that they hang on, each taken away once."""

import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from lmhg_contracts.wire import PlaneName
from lmhg_relay.core.commands import SendHeartbeat
from lmhg_relay.core.events import HeartbeatIn
from lmhg_relay.core.half import Half
from lmhg_relay.sim.actors import Editors
from lmhg_relay.sim.options import Options
from lmhg_relay.sim.run import Outcome, run_seed
from lmhg_relay.sim.world import PLANES, World

SEEDS = int(os.environ.get("LMHG_SIM_SEEDS", "300"))
CONTROL_SEEDS = 600  # the rarest rule breaks one seed in a hundred
WITHOUT = {
    "fencing": Options(is_unfenced=True),
    "receipts": Options(closes_on_broker_ack=True),
    "tombstones": Options(has_no_tombstones=True),
    "commit_order": Options(is_order_by_sequence=True),
    "gates": Options(gates_are_open=True),
    "known_recalls": Options(forgets_recalls=True),
    "passed_transactions": Options(forgets_passed=True),
    "not_waiting_for_strangers": Options(waits_for_all=True),
    "files_first": Options(ships_without_file=True),
    "nothing_passes_a_file_on_its_way": Options(forgets_moving=True),
}


def test_promises_hold_for_every_seed() -> None:
    """Edits, recalls, crashes, loss, wipes, partitions, jumps, restores, two senders.

    And transactions that stay open, are prepared for minutes, write nothing here, or never end.
    """
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


def _after_word_of_the_outlived() -> str | None:
    """Why the on-prem sender stops, after an outlived cloud process has sent a fresh heartbeat."""
    world = World(3, Options())
    world.is_faulty = False
    editors = Editors(world)
    for step in range(100):
        world.at(0.4 * step, lambda: editors.edit("onprem"))
    for each in PLANES:
        world.start(each)
    world.run_until(15)
    old, sender = world.nodes["cloud"], world.nodes["onprem"]
    assert old is not None
    assert sender is not None
    world.kill("cloud")
    world.run_until(40)
    asked = [raw for plane, what, raw in world.archive if (plane, what) == ("cloud", "beat")]
    said = old.half.handle(HeartbeatIn(raw=asked[-1], **old.clocks()))
    beats = [command.raw for command in said if isinstance(command, SendHeartbeat)]
    sender.feed(HeartbeatIn(raw=beats[-1], **sender.clocks()))
    return world.databases["onprem"].sender.stopped


def test_a_process_that_was_outlived_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its heartbeat looks like a rollback; without the rule about it the direction would stop."""
    assert _after_word_of_the_outlived() is None
    monkeypatch.setattr(Half, "_is_outlived", lambda *_: False)
    assert _after_word_of_the_outlived() == "peer_is_behind_its_receipts"


@pytest.mark.parametrize("plane", ["onprem", "cloud"])
@pytest.mark.parametrize("seed", range(4))
def test_a_rollback_that_nobody_declares_is_noticed(plane: PlaneName, seed: int) -> None:
    """The direction whose past was lost stops or alarms; it is never quietly written over."""
    world = World(seed, Options())
    world.is_faulty = False
    editors = Editors(world)
    for at in range(40):
        world.at(0.5 * at, lambda: editors.edit("onprem"))
        world.at(0.5 * at, lambda: editors.edit("cloud"))
    for each in PLANES:
        world.start(each)
    world.run_until(10)
    backup = world.databases[plane].backup()
    world.run_until(30)
    assert len(world.databases[plane].ledger) > len(backup.ledger)
    world.kill(plane)
    world.databases[plane] = backup
    world.run_until(90)
    alarms = {code for database in world.databases.values() for code in database.alarms}
    stops = {"peer_is_ahead", "peer_is_behind_its_receipts", "peer_has_other_hash"}
    assert alarms & stops
    assert any(database.sender.stopped in stops for database in world.databases.values())
