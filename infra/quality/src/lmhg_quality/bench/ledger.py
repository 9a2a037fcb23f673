"""Ledger figures: append to PostgreSQL in batches, and verify an export offline, by size."""

import asyncio
import time
from collections.abc import Iterator
from io import BytesIO

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, origin, sign
from lmhg_contracts.ledger.entries import AccessEntry, encode_entry
from lmhg_contracts.ledger.export import write_export
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.ledger.verify import verify_export
from lmhg_quality.bench.ground import onprem_database
from lmhg_stack.testing import PlaneDatabase

BATCH = 500
SIZES = (1_000, 10_000, 100_000, 1_000_000)
SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"b" * 32))
ORIGIN = origin("s1", "onprem", "access")


def entry(n: int) -> bytes:
    """A typical access entry, about 260 bytes."""
    return encode_entry(
        AccessEntry(
            act="update",
            actor="6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001",
            at="2026-01-02T03:04:05.000006Z",
            columns=("status",),
            n=n,
            outcome="done",
            purpose="bench",
            request_id="0123456789abcdef",
            subject_ids=("6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670002",),
            subject_kind="appointment",
            zone="inside",
        )
    )


async def append(database: PlaneDatabase, frontier: Frontier, size: int) -> float:
    """Grow the stored ledger to a size, one durable transaction a batch; entries/s."""
    link = await asyncpg.connect(database.url("postgres"))
    start, first = time.perf_counter(), frontier.size
    try:
        while frontier.size < size:
            await _append_batch(link, frontier, min(BATCH, size - frontier.size))
    finally:
        await link.close()
    return (size - first) / (time.perf_counter() - start)


async def _append_batch(link: asyncpg.Connection, frontier: Frontier, count: int) -> None:
    first = frontier.size
    rows = [(first + at, entry(first + at)) for at in range(count)]
    nodes = frontier.append_many([leaf_hash(raw) for _, raw in rows])
    note = sign(Checkpoint(ORIGIN, frontier.size, frontier.root()), SIGNER)
    async with link.transaction():
        await link.copy_records_to_table("ledger", records=rows, schema_name="audit")
        await link.copy_records_to_table("ledger_node", records=nodes, schema_name="audit")
        await link.execute(
            "update audit.ledger_head set size = $1, frontier = $2, checkpoint = $3",
            frontier.size,
            frontier.to_bytes(),
            note,
        )


def verify(size: int) -> float:
    """Verify an export of this size as `lmhg-verify` does; entries/s."""
    frontier = Frontier()
    entries = [entry(n) for n in range(size)]
    frontier.append_many([leaf_hash(raw) for raw in entries])
    out = BytesIO()
    write_export(out, sign(Checkpoint(ORIGIN, size, frontier.root()), SIGNER), entries)
    del entries
    out.seek(0)
    start = time.perf_counter()
    verdict = verify_export(out, [SIGNER.verifier])
    if not verdict.is_sound:
        raise RuntimeError("bench_export_not_sound")
    return size / (time.perf_counter() - start)


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    with onprem_database() as database:
        frontier = Frontier()
        for size in SIZES:
            rate = asyncio.run(append(database, frontier, size))
            yield f"ledger append, up to {size:,} entries", f"{rate:,.0f} entries/s"
    for size in SIZES:
        yield f"ledger verify offline, {size:,} entries", f"{verify(size):,.0f} entries/s"
