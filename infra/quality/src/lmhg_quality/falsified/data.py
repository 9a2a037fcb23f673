"""The files: one for each ledger, read by our verifier's tests, by other verifiers, and by the page."""

import itertools
import json
from collections.abc import Iterator

from lmhg_quality.falsified import entry_cases, month_cases, note_cases, proof_cases
from lmhg_quality.falsified.world import KEYS, Case, World, as_data

FOLDER = "shared-contracts/contracts/tests/falsified"
WORLDS = tuple(
    World(plane, ledger) for plane in ("onprem", "cloud") for ledger in ("relay", "access")
)


def cases(world: World) -> Iterator[Case]:
    """Every case of one ledger."""
    return itertools.chain(
        entry_cases.cases(world), note_cases.cases(world), proof_cases.cases(world)
    )


def files() -> Iterator[tuple[str, str]]:
    """Path and text of each file."""
    for world in WORLDS:
        rows = [as_data(case, world) for case in cases(world)]
        text = json.dumps({"log": world.log, "cases": rows}, indent=1, ensure_ascii=False)
        yield f"{FOLDER}/{world.plane}-{world.ledger}.json", text
    keys = "".join(f"{each.vkey}\n" for each in KEYS.values())
    months = {
        "keys": keys,
        "cases": [month_cases.as_data(case) for case in month_cases.month_cases()],
    }
    yield f"{FOLDER}/statement/october.json", json.dumps(months, indent=1, ensure_ascii=False)
