"""Statement figures: the monthly statement from its evidence, by how many entries a ledger holds.

What is timed is all that `lmhg-verify statement` does: every entry of both ledgers is hashed and
verified, and the month is counted. Through the page it is the time from the button until the page,
which looks every second, has the result: the worker's exports, the same statement, and the
comparison with every receipt of the month.
"""

import asyncio
import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.export import write_export
from lmhg_contracts.ledger.statement import Evidence, make_statement
from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_contracts.ledger.statement_text import statement_text
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.wire import Receipt, Result, seal
from lmhg_gateway.app import workspace
from lmhg_gateway.features.statements.public import Maker
from lmhg_kit.http.testing import Signed, browser_at, sign_in
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Database
from lmhg_quality.bench.ground import OFFICER, add_officer, onprem_database, workspace_settings
from lmhg_stack.testing import PlaneDatabase

SIZES = (1_000, 100_000, 1_000_000)
PAGE_SIZES = (100_000, 1_000_000)
LOOK_EVERY_S = 1.0
OWN = "/compliance/statement"
ONPREM = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"b" * 32))
CLOUD = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"c" * 32))
PORTAL = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
MONTH = Month.parse("2026-10", "America/Kentucky/Louisville")
FIRST, SPAN_S = datetime(2025, 11, 20, tzinfo=UTC), 365 * 86_400
BATCH = 20
"""Entries of one batch: as many ships, then its receipt."""


def _at(n: int, size: int) -> str:
    return timestamp(FIRST + timedelta(seconds=SPAN_S * n // size))


def receipt(batch: int) -> bytes:
    """The portal's receipt for a batch: all of it arrived."""
    results = bytes([Result.APPLIED] * (BATCH - 1))
    first = (batch - 1) * (BATCH - 1)
    made = Receipt("s1", "down", 0, batch, bytes(32), first, BATCH - 1, "", results, ())
    return seal(made, PORTAL)[0]


def relay_entry(n: int, size: int) -> bytes:
    """A block that is shipped; every twentieth entry is the receipt of those before it."""
    is_receipt = n % BATCH == BATCH - 1
    record = f"00000000-0000-4000-8000-{n:012d}"
    return encode_entry(
        RelayEntry(
            actor="relay",
            at=_at(n, size),
            batch=n // BATCH + 1,
            bytes=0 if is_receipt else 180,
            decision="receipted" if is_receipt else "ship",
            digest=hashlib.sha256(receipt(n // BATCH + 1)).hexdigest() if is_receipt else "ab" * 32,
            exemption_id=None,
            fields=() if is_receipt else ("busy", "ends_at", "starts_at"),
            gate=None,
            kind=None if is_receipt else "calendar_block",
            n=n,
            op=None if is_receipt else "put",
            policy="0123456789abcdef",
            reason=None,
            record_id=None if is_receipt else record,
            version=None if is_receipt else 1,
        )
    )


def access_entry(n: int, size: int) -> bytes:
    """A look at a client's record by one of twelve colleagues."""
    return encode_entry(
        AccessEntry(
            act="read",
            actor=f"00000000-0000-4000-8000-0000000000{n % 12:02d}",
            at=_at(n, size),
            columns=(),
            n=n,
            outcome="done",
            purpose="client.view",
            request_id="0123456789abcdef",
            subject_ids=(f"00000000-0000-4000-8000-{n % 997:012d}",),
            subject_kind="client",
            zone="inside",
        )
    )


def _exported(entries: Sequence[bytes], ledger: str) -> tuple[BytesIO, str]:
    """An export, and its checkpoint with the other plane's signature."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(raw) for raw in entries])
    note = sign(Checkpoint(origin("s1", "onprem", ledger), len(entries), frontier.root()), ONPREM)
    out = BytesIO()
    write_export(out, note, entries)
    return out, cosign(note, CLOUD)


def seconds(size: int) -> float:
    """How long the statement of the last whole month takes, both ledgers at this size."""
    relay, relay_seen = _exported([relay_entry(n, size) for n in range(size)], "relay")
    access, access_seen = _exported([access_entry(n, size) for n in range(size)], "access")
    keys = [ONPREM.verifier, CLOUD.verifier]
    given = Evidence(relay=relay, access=access, verifiers=keys, seen=(relay_seen, access_seen))
    start = time.perf_counter()
    text = statement_text(make_statement(given, MONTH, now=MONTH.ends))
    spent = time.perf_counter() - start
    if "calendar_block" not in text:
        raise RuntimeError("bench_statement_is_empty")
    return spent


async def _fill(database: PlaneDatabase, size: int) -> None:
    """Both ledgers, witnessed, and every receipt, as the relay and the worker leave them."""
    link = await asyncpg.connect(database.url("postgres"))
    try:
        for schema, ledger, make in (
            ("relay", "relay", relay_entry),
            ("audit", "access", access_entry),
        ):
            raw = [make(n, size) for n in range(size)]
            await link.copy_records_to_table(
                "ledger", records=enumerate(raw), schema_name=schema, columns=("n", "entry")
            )
            frontier = Frontier()
            frontier.append_many([leaf_hash(each) for each in raw])
            point = Checkpoint(origin("s1", "onprem", ledger), size, frontier.root())
            note = sign(point, ONPREM)
            await link.execute(
                f"insert into {schema}.ledger_head (ledger, size, frontier, checkpoint)"  # noqa: S608 - constant names
                " values ($1, $2, $3, $4) on conflict (ledger) do update set size = excluded.size,"
                " frontier = excluded.frontier, checkpoint = excluded.checkpoint",
                ledger, size, frontier.to_bytes(), note,
            )  # fmt: skip
            await _witness(link, point, cosign(note, CLOUD))
        theirs = Checkpoint(origin("s1", "cloud", "relay"), size, bytes(32))
        await _witness(link, theirs, cosign(sign(theirs, CLOUD), ONPREM))
        rows = [("down", n, 0, bytes(32), receipt(n)) for n in range(1, size // BATCH + 1)]
        names = ("direction", "number", "generation", "batch_hash", "receipt")
        await link.copy_records_to_table(
            "receipt", records=rows, schema_name="relay", columns=names
        )
    finally:
        await link.close()


async def _witness(link: asyncpg.Connection, point: Checkpoint, note: str) -> None:
    await link.execute(
        "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, $4)",
        point.origin, point.size, point.root, note,
    )  # fmt: skip


async def _through_page(database: PlaneDatabase, size: int, keys: Path) -> float:
    """Seconds from the button until the page has the statement."""
    await add_officer(database)
    await _fill(database, size)
    settings = workspace_settings(MONTH.zone, keys=keys)
    pages, work = (
        Database(database.url(f"gw_{name}"), pool_size=3) for name in ("workspace", "worker")
    )
    edge = workspace.build(settings, pages)
    try:
        async with browser_at(edge, base_url="http://work.test") as browser:
            token = await sign_in(browser, edge, "compliance", account_id=OFFICER)
            return await _watch(Signed(browser, token), Maker(work, "s1", keys))
    finally:
        await pages.close()
        await work.close()


async def _watch(officer: Signed, maker: Maker) -> float:
    start = time.perf_counter()
    path = (await officer.post(OWN, month=MONTH.text)).headers["location"]
    making = asyncio.create_task(maker.step())
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        shown: httpx.Response = await officer.get(f"{path}/part")
        if "every 1s" not in shown.text:
            break
    spent = time.perf_counter() - start
    await making
    if "Complete:" not in shown.text:
        raise RuntimeError("bench_statement_is_refused")
    return spent


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    configure(process="bench", level="warning")
    for size in SIZES:
        yield f"monthly statement, {size:,} entries in each ledger", f"{seconds(size):.2f} s"
    for size in PAGE_SIZES:
        with onprem_database() as database, TemporaryDirectory() as folder:
            keys = Path(folder) / "ledgers.vkey"
            keys.write_text(f"{ONPREM.vkey}\n{CLOUD.vkey}\n")
            spent = asyncio.run(_through_page(database, size, keys))
        yield f"the same through the page, {size:,} entries in each ledger", f"{spent:.1f} s"
