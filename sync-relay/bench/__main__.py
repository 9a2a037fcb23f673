"""`python sync-relay/bench [part ...] [--records N] [--json FILE]`: the relay's figures."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
from latency import commit_to_visible
from load import fill, standing_exemption, wait_receipts
from rig import Rig, rig
from throughput import copy_and_upsert, one_message_each, relayed

Figures = dict[str, Any]
MESSAGES_MAX = 20_000
MEMORY_ROWS = 1_000_000
OUTAGE_PER_S = 20
GROWTH_ROWS = 20_000
GROWTH = (1_000, 10_000, 100_000, 1_000_000)


def _fresh(measure: Callable[[Rig], Figures]) -> Figures:
    """One measurement on servers of its own."""
    with tempfile.TemporaryDirectory(prefix="lmhg-bench-") as folder, rig(Path(folder)) as made:
        return measure(made)


def _rates(count: int) -> Figures:
    """The relay, and the two simpler roads, on the same servers in one run."""

    def measure(made: Rig) -> Figures:
        plain = asyncio.run(copy_and_upsert(made, count))
        single = asyncio.run(one_message_each(made, min(count, MESSAGES_MAX)))
        full = asyncio.run(relayed(made, count))
        return {
            "relay": full,
            "copy_and_upsert": plain,
            "one_message_each": single,
            "relay_to_copy": full["per_s"] / plain["per_s"],
            "relay_to_messages": full["per_s"] / single["per_s"],
        }

    return _fresh(measure)


def _latency(_: int) -> Figures:
    return _fresh(lambda made: asyncio.run(commit_to_visible(made, per_s=200, seconds=30)))


def _memory(_: int) -> Figures:
    """Resident memory of each half while a million rows wait, and the drain afterwards."""

    async def run(made: Rig) -> Figures:
        db = await asyncpg.connect(made.url("onprem"))
        exemption = await standing_exemption(db)
        await fill(db, exemption, MEMORY_ROWS)
        peak = {"onprem": 0.0, "cloud": 0.0}
        made.start("onprem")
        await asyncio.sleep(20)
        peak["onprem"] = made.memory_mb("onprem")
        start = time.monotonic()
        made.start("cloud")
        drained = asyncio.create_task(wait_receipts(db, MEMORY_ROWS, 1800))
        while not drained.done():
            await asyncio.sleep(0.5)
            peak = {plane: max(mb, made.memory_mb(plane)) for plane, mb in peak.items()}
        seconds = await drained - start
        await db.close()
        return {
            "rows": MEMORY_ROWS,
            "onprem_peak_mb": peak["onprem"],
            "cloud_peak_mb": peak["cloud"],
            "drain_seconds": seconds,
            "drain_per_s": MEMORY_ROWS / seconds,
        }

    return _fresh(lambda made: asyncio.run(run(made)))


def _outage(_: int) -> Figures:
    """An hour's outage at a steady pace, drained afterwards."""
    count = 3600 * OUTAGE_PER_S

    def measure(made: Rig) -> Figures:
        return {
            "outage_s": 3600,
            "written_per_s": OUTAGE_PER_S,
            **asyncio.run(relayed(made, count)),
        }

    return _fresh(measure)


def _growth(count: int) -> Figures:
    """The rate, rows being written meanwhile, when so many have been relayed before."""

    async def run(made: Rig) -> Figures:
        db = await asyncpg.connect(made.url("onprem"))
        exemption = await standing_exemption(db)
        made.start()
        found: Figures = {}
        done = 0
        for size in [size for size in GROWTH if size <= max(count, GROWTH[0])]:
            if size > done:
                await fill(db, exemption, size - done)
                done = size
            await wait_receipts(db, done, 1800)
            start = time.monotonic()
            await fill(db, exemption, GROWTH_ROWS)
            done += GROWTH_ROWS
            end = await wait_receipts(db, done, 1800)
            found[str(size)] = {"per_s_with_writing": GROWTH_ROWS / (end - start)}
        await db.close()
        return found

    return _fresh(lambda made: asyncio.run(run(made)))


PARTS: dict[str, Callable[[int], Figures]] = {
    "rates": _rates,
    "latency": _latency,
    "outage": _outage,
    "memory": _memory,
    "growth": _growth,
}


def main() -> int:
    """Measure the parts asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python sync-relay/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures: Figures = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    for part in arguments.parts or PARTS:
        figures[part] = PARTS[part](arguments.records)
        _show(part, figures[part])
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _show(name: str, value: Any, indent: int = 0) -> None:  # noqa: ANN401 - numbers and tables of them
    pad = "  " * indent
    if isinstance(value, dict):
        sys.stdout.write(f"{pad}{name}\n")
        for key, item in value.items():
            _show(str(key), item, indent + 1)
        sys.stdout.flush()
        return
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    sys.stdout.write(f"{pad}{name:<28}{text:>16}\n")


if __name__ == "__main__":
    sys.exit(main())
