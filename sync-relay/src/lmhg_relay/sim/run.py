"""Runs seeds: faults and edits for a while, then healing, then every promise is checked."""

from dataclasses import dataclass

from lmhg_relay.core.context import PEER
from lmhg_relay.sim.actors import Editors, Faults
from lmhg_relay.sim.options import Options
from lmhg_relay.sim.oracle import Broken
from lmhg_relay.sim.world import PLANES, World

SETTLE_STEP_S = 5.0
HEAL_MIN_S = 15.0
"""Late messages of the faulty time arrive within 8 s."""


@dataclass(frozen=True)
class Outcome:
    """What a seed came to. `broken` names the promise that did not hold."""

    seed: int
    broken: str | None
    decisions: int
    trace: tuple[str, ...]


def run_seed(seed: int, options: Options | None = None) -> Outcome:
    """One world, from its seed: the same seed gives the same outcome."""
    options = options or Options()
    world = World(seed, options)
    try:
        _live(world)
        _heal(world)
        world.take_out()
        world.oracle.check_healed(world.streams)
    except Broken as broken:
        return _outcome(seed, world, str(broken))
    except (AssertionError, KeyError, ValueError, IndexError) as error:
        if options == Options():
            raise
        return _outcome(seed, world, f"R7: the half fell over: {type(error).__name__}")
    return _outcome(seed, world, None)


def _outcome(seed: int, world: World, broken: str | None) -> Outcome:
    decisions = sum(len(database.ledger) for database in world.databases.values())
    return Outcome(seed, broken, decisions, tuple(world.trace))


def _live(world: World) -> None:
    """Edits and faults, both at the seed's pace."""
    options = world.options
    editors = Editors(world)
    faults = Faults(world, allows_restore=world.random.random() < 0.3)
    edit_s = world.random.choice((0.2, 1.0, 3.0))
    fault_s = world.random.choice((2.0, 6.0, 1000.0))

    def edit() -> None:
        editors.edit(world.random.choice(("onprem", "onprem", "cloud")))
        if world.is_faulty:
            world.at(world.random.expovariate(1 / edit_s), edit)

    def fault() -> None:
        if world.is_faulty:
            faults.happen()
            world.at(world.random.expovariate(1 / fault_s), fault)

    world.interleave = lambda: editors.edit(world.random.choice(PLANES))
    for plane in PLANES:
        world.start(plane)
    world.at(0.1, edit)
    world.at(fault_s / 2, fault)
    world.run_until(options.length_s)


def _heal(world: World) -> None:
    """No more faults and edits; run until nothing moves, or time is up."""
    world.is_faulty = False
    world.is_partitioned = False
    for plane in PLANES:
        world.start(plane)
    end = world.options.length_s + world.options.heal_s
    while world.time < end:
        world.run_until(world.time + SETTLE_STEP_S)
        if world.time > world.options.length_s + HEAL_MIN_S and _is_quiet(world):
            return


def _is_quiet(world: World) -> bool:
    for database in world.databases.values():
        row = database.sender
        is_resyncing = row.announced > row.generation or database.restore_declared
        recalls = all(line.broker_purged for line in database.recalls.values())
        is_busy = set(database.running) - database.strangers
        if database.outbox or database.batches or is_busy or is_resyncing or not recalls:
            return False
        if row.resync_xid is not None:
            return False
    return all(
        world.databases[plane].sender.peer_restores == world.databases[PEER[plane]].restores
        for plane in PLANES
    )
