"""A storm of 5,000 webhooks for 300 clients under IntakeQ's real limits, on a clock that is set."""

import asyncio
from collections.abc import Iterator

from lmhg_kit.persistence import Keyring, sealing
from lmhg_quality.bench.ground import onprem_database
from lmhg_quality.intake_lab import intake_lab
from lmhg_quality.intake_storm import Storm, storm
from lmhg_stack.testing import PlaneDatabase

HOOKS, CLIENTS = 5_000, 300


async def _run(database: PlaneDatabase) -> Storm:
    async with intake_lab(database) as lab:
        return await storm(lab, hooks=HOOKS, clients=CLIENTS)


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    keys = {"b1": bytes(range(32))}
    sealing.install(Keyring(current="b1", keys=keys, index_key=bytes(range(32))))
    with onprem_database() as database:
        seen = asyncio.run(_run(database))
    what = f"storm of {seen.hooks:,} webhooks for {CLIENTS} clients in an hour, a tenth hostile: "
    yield f"{what}good ones done / not done", f"{seen.good_done:,} / {seen.good_open:,}"
    yield f"{what}days until all are done", f"{seen.days:.1f}"
    yield f"{what}promised hour kept", "yes" if seen.promise_kept else "no"
    figure = f"{seen.calls:,}; {seen.most_a_minute} / {seen.most_a_day}; {seen.refused_calls}"
    yield f"{what}calls; most in any minute / day; refused by IntakeQ", figure
    figure = f"{seen.events:,} / {seen.events_of_one}"
    yield f"{what}ledger entries about deliveries / about any one", figure
    yield f"{what}rows of queue and budget tables", f"{seen.rows:,}"
