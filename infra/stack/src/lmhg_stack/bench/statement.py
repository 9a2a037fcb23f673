"""Statement figures: the monthly statement from its evidence, by how many entries a ledger holds.

What is timed is all that `lmhg-verify statement` does: every entry of both ledgers is hashed and
verified, and the month is counted. The page does the same after two exports.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.export import write_export
from lmhg_contracts.ledger.statement import Evidence, make_statement
from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_contracts.ledger.statement_text import statement_text
from lmhg_contracts.ledger.tree import Frontier, leaf_hash

SIZES = (1_000, 100_000, 1_000_000)
ONPREM = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"b" * 32))
CLOUD = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"c" * 32))
MONTH = Month.parse("2026-10", "America/Kentucky/Louisville")
FIRST, SPAN_S = datetime(2025, 11, 20, tzinfo=UTC), 365 * 86_400
BATCH = 20
"""Entries of one batch: as many ships, then its receipt."""


def _at(n: int, size: int) -> str:
    return timestamp(FIRST + timedelta(seconds=SPAN_S * n // size))


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
            digest=None if is_receipt else "ab" * 32,
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
    text = statement_text(make_statement(given, MONTH))
    spent = time.perf_counter() - start
    if "calendar_block" not in text:
        raise RuntimeError("bench_statement_is_empty")
    return spent


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    for size in SIZES:
        yield f"monthly statement, {size:,} entries in each ledger", f"{seconds(size):.2f} s"
