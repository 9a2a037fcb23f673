"""From the commit on one plane to the row being visible on the other, one record at a time."""

import asyncio
import time
import uuid

import asyncpg
from load import put_one, standing_exemption, wait_receipts
from rig import Rig

SETTLE_S = 2.0
DEADLINE_S = 10.0


async def commit_to_visible(rig: Rig, *, per_s: int, seconds: float) -> dict[str, float]:
    """p50, p99 and worst, in ms, at a steady rate.

    The clock of a record starts when its transaction's commit has returned, and stops when a
    reader, woken by the receiver's notification, sees the row.
    """
    writers = await asyncpg.create_pool(rig.url("onprem"), min_size=8, max_size=8)
    reader = await asyncpg.connect(rig.url("cloud"))
    listener = await asyncpg.connect(rig.url("cloud"))
    woken = asyncio.Event()
    await listener.add_listener("replica_record", lambda *_: woken.set())
    async with writers.acquire() as db:
        exemption = await standing_exemption(db)
    committed: dict[uuid.UUID, float] = {}
    seen: dict[uuid.UUID, float] = {}

    async def put() -> None:
        async with writers.acquire() as db:
            name = await put_one(db, exemption)
            committed[name] = time.monotonic()

    async def watch() -> None:
        since = await reader.fetchval("SELECT now()")
        while True:
            await woken.wait()
            woken.clear()
            rows = await reader.fetch(
                "SELECT record_id, received_at FROM replica.record WHERE received_at > $1", since
            )
            at = time.monotonic()
            for row in rows:
                seen.setdefault(row["record_id"], at)
                since = max(since, row["received_at"])

    await reader.execute(
        "CREATE INDEX IF NOT EXISTS bench_received ON replica.record (received_at)"
    )
    rig.start()
    async with writers.acquire() as db:
        await put_one(db, exemption)
        await wait_receipts(db, 1)
    await asyncio.sleep(SETTLE_S)
    watching = asyncio.create_task(watch())
    start = time.monotonic()
    puts: list[asyncio.Task[None]] = []
    for number in range(int(per_s * seconds)):
        await asyncio.sleep(max(0.0, start + number / per_s - time.monotonic()))
        puts.append(asyncio.create_task(put()))
    await asyncio.gather(*puts)
    end = time.monotonic() + DEADLINE_S
    while not set(committed) <= set(seen) and time.monotonic() < end:  # noqa: ASYNC110 - rows have no event
        await asyncio.sleep(0.01)
    watching.cancel()
    waits = sorted((seen[name] - at) * 1000 for name, at in committed.items() if name in seen)
    await listener.close()
    await reader.close()
    await writers.close()
    return {
        "records": len(committed),
        "arrived": len(waits),
        "p50_ms": waits[len(waits) // 2],
        "p99_ms": waits[int(len(waits) * 0.99)],
        "worst_ms": waits[-1],
    }
