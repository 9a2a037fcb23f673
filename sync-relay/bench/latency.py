"""From the commit on one plane to the row being visible on the other, one record at a time."""

import asyncio
import contextlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from load import put_one, standing_exemption, wait_receipts
from rig import Rig

SETTLE_S = 2.0
DEADLINE_S = 10.0
WRITERS = 8
_ARRIVED = "SELECT record_id, received_at FROM replica.record WHERE received_at > $1"
_INDEX = "CREATE INDEX IF NOT EXISTS bench_received ON replica.record (received_at)"


@dataclass
class Watch:
    """When each record was committed, and when a reader saw it."""

    committed: dict[uuid.UUID, float] = field(default_factory=dict[uuid.UUID, float])
    seen: dict[uuid.UUID, float] = field(default_factory=dict[uuid.UUID, float])

    async def read(self, reader: asyncpg.Connection, woken: asyncio.Event) -> None:
        """Look whenever the receiver notifies; for ever."""
        since: Any = await reader.fetchval("SELECT now()")
        while True:
            await woken.wait()
            woken.clear()
            rows = await reader.fetch(_ARRIVED, since)
            at = time.monotonic()
            for row in rows:
                self.seen.setdefault(row["record_id"], at)
                since = max(since, row["received_at"])

    async def put(self, writers: asyncpg.Pool, exemption: uuid.UUID) -> None:
        """One record; its clock starts when its commit has returned."""
        async with writers.acquire() as db:
            name = await put_one(db, exemption)
            self.committed[name] = time.monotonic()

    def figures(self) -> dict[str, float]:
        """p50, p99 and worst, in ms."""
        waits = sorted(
            (self.seen[name] - at) * 1000
            for name, at in self.committed.items()
            if name in self.seen
        )
        return {
            "records": len(self.committed),
            "arrived": len(waits),
            "p50_ms": waits[len(waits) // 2],
            "p99_ms": waits[int(len(waits) * 0.99)],
            "worst_ms": waits[-1],
        }


async def commit_to_visible(rig: Rig, *, per_s: int, seconds: float) -> dict[str, float]:
    """The waits at a steady rate, with both halves and all servers on this machine."""
    watch = Watch()
    woken = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        pool = asyncpg.create_pool(rig.url("onprem"), min_size=WRITERS, max_size=WRITERS)
        writers = await stack.enter_async_context(pool)
        reader = await asyncpg.connect(rig.url("cloud"))
        stack.push_async_callback(reader.close)
        listener = await asyncpg.connect(rig.url("cloud"))
        stack.push_async_callback(listener.close)
        await listener.add_listener("replica_record", lambda *_: woken.set())
        await reader.execute(_INDEX)
        exemption = await _warm_up(rig, writers)
        watching = asyncio.create_task(watch.read(reader, woken))
        start = time.monotonic()
        puts: list[asyncio.Task[None]] = []
        for number in range(int(per_s * seconds)):
            await asyncio.sleep(max(0.0, start + number / per_s - time.monotonic()))
            puts.append(asyncio.create_task(watch.put(writers, exemption)))
        await asyncio.gather(*puts)
        end = time.monotonic() + DEADLINE_S
        while not set(watch.committed) <= set(watch.seen) and time.monotonic() < end:  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.01)
        watching.cancel()
    return watch.figures()


async def _warm_up(rig: Rig, writers: asyncpg.Pool) -> uuid.UUID:
    """Start the halves and see one record through."""
    rig.start()
    async with writers.acquire() as db:
        exemption = await standing_exemption(db)
        await put_one(db, exemption)
        await wait_receipts(db, 1)
    await asyncio.sleep(SETTLE_S)
    return exemption
