"""A small relay ledger, signed as the relay signs it."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, origin, sign
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_stack.testing import PlaneDatabase

KIND, COUNT = "announcement", 60
FIRST_DAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def entry(n: int) -> RelayEntry:
    """A decision: every tenth refuses at the content gate; twenty a day, on three days."""
    refused = n % 10 == 0
    return RelayEntry(
        actor="relay-onprem",
        at=timestamp(FIRST_DAY + timedelta(days=n // 20, seconds=n % 20)),
        batch=None if refused else 1 + n // 20,
        bytes=120,
        decision="refuse" if refused else "ship",
        digest=None if refused else "ab" * 32,
        exemption_id=None,
        fields=() if refused else ("body", "title"),
        gate="content" if refused else None,
        kind=KIND,
        n=n,
        op="put",
        policy="0" * 16,
        reason="held" if refused else None,
        record_id=str(uuid.UUID(int=n)),
        version=1,
    )


ORIGIN = origin("s1", "onprem", "relay")


def signers() -> tuple[NoteSigner, NoteSigner]:
    """New keys of this plane and of the portal."""
    return (
        NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.generate()),
        NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.generate()),
    )


def frontier_of(count: int) -> Frontier:
    """The tree of the first so many entries."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(encode_entry(entry(n))) for n in range(count)])
    return frontier


def note_at(count: int, signer: NoteSigner) -> str:
    """The checkpoint that the ledger had at a size."""
    return sign(Checkpoint(ORIGIN, count, frontier_of(count).root()), signer)


async def write_ledger(
    database: PlaneDatabase, keys: Path, *, signer: NoteSigner | None = None
) -> None:
    """A signed ledger in the database, its key published."""
    signer = signer or signers()[0]
    keys.write_text(signer.vkey + "\n")
    raw = [encode_entry(entry(n)) for n in range(COUNT)]
    frontier, note = frontier_of(COUNT), note_at(COUNT, signer)
    for n, each in enumerate(raw):
        await database.run("insert into relay.ledger (n, entry) values ($1, $2)", n, each)
    await database.run(
        "insert into relay.ledger_head (ledger, size, frontier, checkpoint)"
        " values ('relay', $1, $2, $3) on conflict (ledger) do update set size = excluded.size,"
        " frontier = excluded.frontier, checkpoint = excluded.checkpoint",
        COUNT, frontier.to_bytes(), note,
    )  # fmt: skip
