"""Rows to relay, and waiting for them on the other side."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from typing import Any

Link = Any
"""A connection, or one that a pool lends: asyncpg has no common type for the two."""

KIND = "calendar_block"
CLINICIAN = "3f0d1c5e-58c5-4a7e-9d15-9a5cf1d0a111"
BODY = (
    '{"busy": "busy", "kind": "calendar_block", "ends_at": "2026-03-09T15:00:00+00:00", '
    f'"starts_at": "2026-03-09T14:00:00+00:00", "clinician_id": "{CLINICIAN}"}}'
)
COPY_ROWS = 50_000
WAIT_POLL_S = 0.02


async def standing_exemption(db: Link) -> uuid.UUID:
    """A standing approval for the kind that is measured."""
    name = uuid.uuid4()
    await db.execute(
        "INSERT INTO relay.exemption (id, kind, requested_by, approved_by) VALUES ($1, $2, 'a', 'b')",
        name,
        KIND,
    )
    return name


def _rows(ids: list[uuid.UUID], exemption: uuid.UUID) -> Iterator[tuple[object, ...]]:
    return ((KIND, record_id, 1, "put", BODY, exemption) for record_id in ids)


async def fill(db: Link, exemption: uuid.UUID, count: int) -> float:
    """Screened outbox rows in transactions of COPY_ROWS; the moment the last one committed."""
    for first in range(0, count, COPY_ROWS):
        ids = [uuid.uuid4() for _ in range(min(COPY_ROWS, count - first))]
        async with db.transaction():
            await db.copy_records_to_table(
                "verdict",
                schema_name="relay",
                columns=["kind", "record_id", "version", "outcome"],
                records=((KIND, record_id, 1, "clear") for record_id in ids),
            )
            await db.copy_records_to_table(
                "outbox",
                schema_name="relay",
                columns=["kind", "record_id", "version", "op", "body", "exemption_id"],
                records=_rows(ids, exemption),
            )
    return time.monotonic()


async def put_one(db: Link, exemption: uuid.UUID) -> uuid.UUID:
    """One screened record in its own transaction."""
    record_id = uuid.uuid4()
    await db.execute(
        "WITH v AS (INSERT INTO relay.verdict (kind, record_id, version, outcome) "
        "VALUES ($1, $2, 1, 'clear')) "
        "INSERT INTO relay.outbox (kind, record_id, version, op, body, exemption_id) "
        "VALUES ($1, $2, 1, 'put', $3, $4)",
        KIND,
        record_id,
        BODY,
        exemption,
    )
    return record_id


async def receipted(db: Link) -> int:
    """How many entries have their receipt."""
    found = await db.fetchval(
        "SELECT coalesce(sum(entries), 0) FROM relay.batch WHERE closed_at IS NOT NULL"
    )
    return int(found)


async def wait_receipts(db: Link, total: int, limit_s: float = 900.0) -> float:
    """The moment when so many entries have their receipt."""
    end = time.monotonic() + limit_s
    while await receipted(db) < total:
        if time.monotonic() > end:
            raise TimeoutError("receipts_missing")
        await asyncio.sleep(WAIT_POLL_S)
    return time.monotonic()
