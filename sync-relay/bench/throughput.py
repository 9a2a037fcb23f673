"""Records a second through the relay, and the same rows by two simpler roads."""

import asyncio
import time
import uuid

import asyncpg
import nats
from load import BODY, KIND, fill, standing_exemption, wait_receipts
from rig import PASSWORD, SITE, Rig

from lmhg_relay.subjects import stream_name, subject

WARM_UP = 5_000
BATCH = 4_000
IN_FLIGHT = 256
POLL_S = 0.005


async def relayed(rig: Rig, count: int) -> dict[str, float]:
    """Gates, ledger, signatures and receipts on both planes, over rows that wait.

    The clock starts when the halves have begun, and stops with the last row's receipt.
    """
    db = await asyncpg.connect(rig.url("onprem"))
    try:
        exemption = await standing_exemption(db)
        await fill(db, exemption, WARM_UP)
        rig.start()
        await wait_receipts(db, WARM_UP)
        rig.stop("onprem")
        await fill(db, exemption, count)
        rig.start("onprem")
        begun = "SELECT EXISTS (SELECT FROM relay.batch WHERE closed_at IS NULL)"
        while not await db.fetchval(begun):  # noqa: ASYNC110 - another process begins
            await asyncio.sleep(POLL_S)
        start = time.monotonic()
        end = await wait_receipts(db, WARM_UP + count)
        rig.stop()
        seconds = end - start
        return {"records": count, "seconds": seconds, "per_s": count / seconds}
    finally:
        await db.close()


async def one_message_each(rig: Rig, count: int) -> dict[str, float]:
    """One JetStream message a record, each on disk before its acknowledgement."""
    client = await nats.connect(
        rig.nats.url, user="onprem", password=PASSWORD, inbox_prefix=f"_I.{SITE}.onprem"
    )
    js = client.jetstream()
    gate = asyncio.Semaphore(IN_FLIGHT)
    body = BODY.encode()

    async def send() -> None:
        async with gate:
            await js.publish(subject(SITE, "down", "batch"), body)

    start = time.monotonic()
    await asyncio.gather(*(send() for _ in range(count)))
    seconds = time.monotonic() - start
    await client.request(f"$JS.API.STREAM.PURGE.{stream_name(SITE, 'down')}", b"{}")
    await client.close()
    return {"records": count, "seconds": seconds, "per_s": count / seconds}


async def copy_and_upsert(rig: Rig, count: int) -> dict[str, float]:
    """The same rows from one database to the other, with nothing decided and nothing proven."""
    source = await asyncpg.connect(rig.url("onprem"))
    target = await asyncpg.connect(rig.url("cloud"))
    try:
        await source.execute(
            "CREATE TABLE IF NOT EXISTS public.plain (kind text, id uuid, v bigint, body text)"
        )
        await source.copy_records_to_table(
            "plain", records=((KIND, uuid.uuid4(), 1, BODY) for _ in range(count))
        )
        await target.execute(
            "CREATE TABLE IF NOT EXISTS public.held "
            "(kind text, id uuid, v bigint, body jsonb, PRIMARY KEY (kind, id))"
        )
        await target.execute("CREATE TEMP TABLE arriving (kind text, id uuid, v bigint, body text)")
        start = time.monotonic()
        async with source.transaction():
            rows = []
            async for row in source.cursor("SELECT * FROM public.plain", prefetch=BATCH):
                rows.append(tuple(row))
                if len(rows) == BATCH:
                    await _upsert(target, rows)
                    rows = []
            if rows:
                await _upsert(target, rows)
        seconds = time.monotonic() - start
        return {"records": count, "seconds": seconds, "per_s": count / seconds}
    finally:
        await source.close()
        await target.close()


async def _upsert(target: asyncpg.Connection, rows: list[tuple[object, ...]]) -> None:
    async with target.transaction():
        await target.execute("TRUNCATE arriving")
        await target.copy_records_to_table("arriving", records=rows)
        await target.execute(
            "INSERT INTO public.held SELECT kind, id, v, body::jsonb FROM arriving "
            "ON CONFLICT (kind, id) DO UPDATE SET v = EXCLUDED.v, body = EXCLUDED.body "
            "WHERE held.v < EXCLUDED.v"
        )
