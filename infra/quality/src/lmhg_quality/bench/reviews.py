"""Review figures: server time of the ledger pages, by how many entries there are.

The workspace is the real one over a real database, asked in this process, so that the time is the
server's and not a socket's. Entries are varied as a practice's are, over two years.
"""

import asyncio
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx

from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry, timestamp
from lmhg_gateway.app import workspace
from lmhg_kit.http.testing import browser_at, sign_in
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Actor, Database
from lmhg_quality.bench.ground import (
    OFFICER,
    add_officer,
    onprem_database,
    percentile,
    workspace_settings,
)
from lmhg_stack.begin import workspace_sessions
from lmhg_stack.testing import PlaneDatabase

SIZES = (1_000, 100_000, 1_000_000)
REQUESTS = 200
CHUNK = 20_000
ZONE = "America/Kentucky/Louisville"
FIRST = datetime(2024, 11, 22, tzinfo=UTC)
SPAN_S = 2 * 365 * 86_400
KINDS = ("calendar_block", "calendar_block", "calendar_block", "announcement", "staff_profile")
PAGES = {
    "ledger, unfiltered": "/compliance/ledger",
    "ledger, refused": "/compliance/ledger?decision=refuse",
    "ledger, one record": f"/compliance/ledger?record_id={uuid.UUID(int=77)}",
    "ledger, a rare pair": "/compliance/ledger?kind=staff_profile&reason=exemption_over",
    "ledger, one month a year ago": "/compliance/ledger?since=2025-11-01&until=2025-11-30",
    "ledger, the last page": "/compliance/ledger?kind=announcement&before=60",
    "access log, unfiltered": "/compliance/access",
    "access log, after hours": "/compliance/access?view=after_hours",
    "access log, one record": f"/compliance/access?record_id={uuid.UUID(int=77)}",
    "access log, bulk reads": "/compliance/access?view=bulk",
}


def _moment(n: int, size: int) -> datetime:
    return FIRST + timedelta(seconds=SPAN_S * n / size)


def relay_entry(n: int, size: int) -> bytes:
    """A decision as a practice makes them: 3 % refused, few of them for a withdrawn approval."""
    refused, kind = n % 33 == 0, KINDS[n % 5]
    reason = ("exemption_over" if n % 9_999 == 0 else "held") if refused else None
    return encode_entry(
        RelayEntry(
            actor="relay-onprem",
            at=timestamp(_moment(n, size)),
            batch=None if refused else n // 20,
            bytes=180,
            decision="refuse" if refused else "ship",
            digest=None if refused else "ab" * 32,
            exemption_id="6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670002",
            fields=() if refused else ("busy", "ends_at", "starts_at"),
            gate="content" if reason == "held" else "record" if refused else None,
            kind=kind,
            n=n,
            op="put",
            policy="0123456789abcdef",
            reason=reason,
            record_id=str(uuid.UUID(int=n % max(size // 5, 100))),
            version=1,
        )
    )


def access_entry(n: int, size: int) -> bytes:
    """A look at a record by one of twelve colleagues, or a process's work."""
    return encode_entry(
        AccessEntry(
            act="read" if n % 4 else "update",
            actor=f"00000000-0000-4000-8000-0000000000{n % 12:02d}" if n % 5 else "process: worker",
            at=timestamp(_moment(n, size)),
            columns=(),
            n=n,
            outcome="done",
            purpose="client.view",
            request_id="0123456789abcdef",
            subject_ids=(str(uuid.UUID(int=n % max(size // 5, 100))),),
            subject_kind="client",
            zone="inside",
        )
    )


async def fill_ledgers(database: PlaneDatabase, size: int) -> None:
    """Both ledgers at a size; the tree is not needed, because pages read entries."""
    link = await asyncpg.connect(database.url("postgres"))
    try:
        for schema, make in (("relay", relay_entry), ("audit", access_entry)):
            for start in range(0, size, CHUNK):
                rows = [(n, make(n, size)) for n in range(start, min(size, start + CHUNK))]
                await link.copy_records_to_table("ledger", records=rows, schema_name=schema)
        await link.execute(
            "insert into relay.ledger_head (ledger, size, frontier) values ('relay', $1, '')"
            " on conflict (ledger) do update set size = excluded.size",
            size,
        )
        await link.execute("update audit.ledger_head set size = $1", size)
    finally:
        await link.close()


async def _index(db: Database) -> float:
    """Make every row; rows/s."""
    began, made = time.perf_counter(), 0
    for ledger in ("relay", "access"):
        while done := await _index_step(db, ledger):
            made += done
    return made / (time.perf_counter() - began)


async def _index_step(db: Database, ledger: str) -> int:
    async with db.uow(Actor("bench"), "bench") as tx:
        link = await tx.connection()
        sql = f"select compliance.index_{ledger}('{ZONE}', 5000)"
        return int((await link.exec_driver_sql(sql)).scalar_one())


async def _pages(database: PlaneDatabase, db: Database) -> list[tuple[str, float, float]]:
    """(page, p50, p99) in ms."""
    await database.run("analyze")
    settings = workspace_settings(ZONE)
    edge = workspace.build(settings, db)
    async with browser_at(edge, base_url="http://work.test") as browser:
        await sign_in(
            browser, edge, "compliance", account_id=OFFICER, sessions=workspace_sessions(database)
        )
        return [(name, *await _times(browser, path)) for name, path in PAGES.items()]


async def _times(browser: httpx.AsyncClient, path: str) -> tuple[float, float]:
    spent: list[float] = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        answer = await browser.get(path)
        spent.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError("page_refused")
    return percentile(spent, 0.5), percentile(spent, 0.99)


async def _measure(
    database: PlaneDatabase, size: int
) -> tuple[float, list[tuple[str, float, float]]]:
    await add_officer(database)
    await fill_ledgers(database, size)
    db = Database(database.url("gw_workspace"), pool_size=2)
    try:
        return await _index(db), await _pages(database, db)
    finally:
        await db.close()


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    configure(process="bench", level="warning")
    for size in SIZES:
        with onprem_database() as database:
            rate, pages = asyncio.run(_measure(database, size))
        yield f"review rows made, {size:,} entries a ledger", f"{rate:,.0f} rows/s"
        for name, p50, p99 in pages:
            yield f"{name}, {size:,} entries", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
