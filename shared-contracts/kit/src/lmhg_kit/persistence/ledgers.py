"""Reading a plane's ledgers: exports, proofs and verification over what the database holds."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_contracts.ledger.export import write_export
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence.session import Database

LedgerName = Literal["relay", "access"]
PAGE = 5_000
SCHEMAS: dict[str, str] = {"relay": "relay", "access": "audit"}


async def head(link: AsyncConnection, ledger: str) -> tuple[int, str]:
    """Size and signed checkpoint of a ledger. Raises: NotFound before the first checkpoint."""
    schema = SCHEMAS[ledger]
    row = (
        await link.execute(
            text(f"select size, checkpoint from {schema}.ledger_head where ledger = :name"),  # noqa: S608 - constant schema names
            {"name": ledger},
        )
    ).one_or_none()
    if row is None or row.checkpoint is None:
        raise NotFound("checkpoint_missing")
    return row.size, row.checkpoint


async def entries(link: AsyncConnection, ledger: str, *, size: int) -> AsyncIterator[bytes]:
    """The first `size` entries in order, a page at a time."""
    statement = text(
        f"select entry from {SCHEMAS[ledger]}.ledger"  # noqa: S608 - constant schema names
        " where n >= :start and n < :stop order by n"
    )
    for start in range(0, size, PAGE):
        bounds = {"start": start, "stop": min(start + PAGE, size)}
        for row in await link.execute(statement, bounds):
            yield row.entry


async def export_bytes(db: Database, ledger: str) -> bytes:
    """A ledger as an export for `lmhg-verify`, at its newest checkpoint."""
    async with db.engine.connect() as link:
        await link.execute(text("set transaction isolation level repeatable read"))
        size, note = await head(link, ledger)
        found = [entry async for entry in entries(link, ledger, size=size)]
    out = BytesIO()
    write_export(out, note, found)
    return out.getvalue()


async def export_ledger(db: Database, ledger: str, path: Path) -> None:
    """Write a ledger's export to a file."""
    raw = await export_bytes(db, ledger)
    path.write_bytes(raw)  # noqa: ASYNC240 - an operator's command has nothing else to do
