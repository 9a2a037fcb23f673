"""Both ledgers of last month, witnessed, with the portal's signed receipts, as the relay leaves them."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.wire import Receipt, Result, seal
from lmhg_gateway.features.oversight.upkeep import Upkeep
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

ONPREM = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
CLOUD = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
PORTAL = Ed25519PrivateKey.from_private_bytes(b"3" * 32)
BATCHES, IN_BATCH = 4, 5
COSIGN = "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, $4) on conflict do nothing"


def last_month() -> str:
    """The month before this one, by the practice's clock."""
    return f"{datetime.now(UTC).astimezone().replace(day=1) - timedelta(days=2):%Y-%m}"


def receipt_of(batch: int, **changes: Any) -> bytes:
    """The portal's receipt for a batch: four stored, one that was recalled."""
    facts: dict[str, Any] = {
        "site": "s1",
        "direction": "down",
        "generation": 0,
        "number": batch,
        "batch_hash": bytes(32),
        "first_n": (batch - 1) * IN_BATCH,
        "entries": IN_BATCH,
        "at": "2026-10-10T12:00:00.000000Z",
        "results": bytes([Result.APPLIED] * (IN_BATCH - 1) + [Result.PURGED]),
        "reasons": (),
    }
    return seal(Receipt(**{**facts, **changes}), PORTAL)[0]


def relay_entries() -> list[bytes]:
    """Four batches of five records in the middle of last month, each with its receipt."""
    first = datetime.fromisoformat(f"{last_month()}-10T12:00:00+00:00")
    raw: list[bytes] = []
    for batch in range(1, BATCHES + 1):
        at = timestamp(first + timedelta(minutes=batch))
        for place in range(IN_BATCH):
            facts = {"decision": "ship", "op": "put", "record_id": str(place), "version": batch}
            raw.append(_entry(len(raw), at, batch, kind="announcement", **facts))
        digest = hashlib.sha256(receipt_of(batch)).hexdigest()
        raw.append(_entry(len(raw), at, batch, decision="receipted", digest=digest))
    return raw


def _entry(n: int, at: str, batch: int, **facts: Any) -> bytes:
    names = ("digest", "exemption_id", "gate", "kind", "op", "reason", "record_id", "version")
    rest: dict[str, Any] = {**dict.fromkeys(names), **facts}
    common: dict[str, Any] = {"actor": "relay", "bytes": 1, "fields": (), "policy": "0" * 16}
    return encode_entry(RelayEntry(n=n, at=at, batch=batch, **common, **rest))


def longer_note() -> str:
    """A checkpoint of more of the relay ledger than there is, which both planes signed."""
    return cosign(sign(Checkpoint(origin("s1", "onprem", "relay"), 99, bytes(32)), ONPREM), CLOUD)


async def write_month(onprem: PlaneDatabase, keys: Path) -> None:
    """The relay ledger, cosigned, with its receipts, and the portal's ledger as it was witnessed."""
    keys.write_text(f"{ONPREM.vkey}\n{CLOUD.vkey}\n")
    raw = relay_entries()
    frontier = Frontier()
    frontier.append_many([leaf_hash(each) for each in raw])
    point = Checkpoint(origin("s1", "onprem", "relay"), frontier.size, frontier.root())
    note = sign(point, ONPREM)
    for n, each in enumerate(raw):
        await onprem.run("insert into relay.ledger (n, entry) values ($1, $2)", n, each)
    await onprem.run(
        "insert into relay.ledger_head (ledger, size, frontier, checkpoint)"
        " values ('relay', $1, $2, $3)",
        frontier.size, frontier.to_bytes(), note,
    )  # fmt: skip
    await onprem.run(COSIGN, point.origin, point.size, point.root, cosign(note, CLOUD))
    for batch in range(1, BATCHES + 1):
        await onprem.run(
            "insert into relay.receipt (direction, number, generation, batch_hash, receipt)"
            " values ('down', $1, 0, $2, $3)",
            batch, bytes(32), receipt_of(batch),
        )  # fmt: skip
    theirs = Checkpoint(origin("s1", "cloud", "relay"), BATCHES * IN_BATCH, b"\7" * 32)
    seen = cosign(sign(theirs, CLOUD), ONPREM)
    await onprem.run(COSIGN, theirs.origin, theirs.size, theirs.root, seen)


async def sequence(worker_db: Database) -> None:
    """Put every waiting access event into the access ledger."""
    sequencer = Sequencer(worker_db, origin("s1", "onprem", "access"), ONPREM)
    while await sequencer.step():
        pass


async def witness_access(onprem: PlaneDatabase) -> None:
    """The other plane cosigns the access ledger as it is."""
    rows = await onprem.run("select checkpoint from audit.ledger_head where ledger = 'access'")
    note = rows[0]["checkpoint"]
    size = int(note.split("\n")[1])
    name = origin("s1", "onprem", "access")
    await onprem.run(COSIGN, name, size, b"\0" * 32, cosign(note, CLOUD))


async def make_whole(onprem: PlaneDatabase, worker_db: Database) -> None:
    """The worker's marker after the month, and the witness of both ledgers."""
    await Upkeep(worker_db, Practice("America/Kentucky/Louisville")).audit_head()
    await sequence(worker_db)
    await witness_access(onprem)
