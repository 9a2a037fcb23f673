"""The ledgers that are falsified: one site, two planes, six entries, and everybody's keys.

The keys are made from constants, so that the files are the same on every machine. They sign nothing
else anywhere.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    cosign,
    key_name,
    origin,
    sign,
)
from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.export import Proof, write_export
from lmhg_contracts.ledger.tree import Frontier, inclusion_proof, leaf_hash, subtree_of_leaves

SITE = "s1"
ENTRIES = 6
BEGAN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_RECORD = "5b0f3c52-0f6f-4d38-9f43-3d1d0a5f8a1{}"


def signer(name: str, number: int) -> NoteSigner:
    """A key of this world."""
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


NUMBERS = {"onprem": 1, "cloud": 2}
KEYS = {plane: signer(key_name(SITE, plane), number) for plane, number in NUMBERS.items()}
STRANGER = signer("stranger.example", 3)


def said(n: int) -> str:
    """The date of the entry with this number: a minute apart."""
    return timestamp(BEGAN + timedelta(minutes=n))


def relay_entry(n: int) -> RelayEntry:
    """A decision of the relay."""
    return RelayEntry(
        actor="relay-onprem", at=said(n), batch=n + 1, bytes=57, decision="ship", digest="a" * 64,
        exemption_id=_RECORD.format(9), fields=("busy", "day"), gate=None, kind="calendar_block",
        n=n, op="put", policy="b" * 16, reason=None, record_id=_RECORD.format(n), version=1,
    )  # fmt: skip


def access_entry(n: int) -> AccessEntry:
    """An audit event."""
    return AccessEntry(
        act="read", actor=_RECORD.format(7), at=said(n), columns=("phone",), n=n, outcome="done",
        purpose="clients.search", request_id="c" * 16, subject_ids=(_RECORD.format(n),),
        subject_kind="client", zone="inside",
    )  # fmt: skip


def raw_entry(ledger: str, n: int) -> bytes:
    """The bytes of an entry."""
    return encode_entry(relay_entry(n) if ledger == "relay" else access_entry(n))


def frontier_of(entries: Sequence[bytes]) -> Frontier:
    """The tree over entries."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(entry) for entry in entries])
    return frontier


@dataclass(frozen=True)
class World:
    """One ledger of one plane, with what everybody around it can make."""

    plane: str
    ledger: str
    entries: tuple[bytes, ...] = field(init=False)

    def __post_init__(self) -> None:
        made = tuple(raw_entry(self.ledger, n) for n in range(ENTRIES))
        object.__setattr__(self, "entries", made)

    @property
    def log(self) -> str:
        """The origin line."""
        return origin(SITE, self.plane, self.ledger)

    @property
    def own(self) -> NoteSigner:
        """The key of the ledger's plane."""
        return KEYS[self.plane]

    @property
    def other(self) -> NoteSigner:
        """The key of the other plane."""
        return KEYS["cloud" if self.plane == "onprem" else "onprem"]

    @property
    def keys(self) -> bytes:
        """The file of both published keys."""
        return f"{self.own.vkey}\n{self.other.vkey}\n".encode()

    def point(self, entries: Sequence[bytes], *, log: str | None = None) -> Checkpoint:
        """The checkpoint of entries."""
        frontier = frontier_of(entries)
        return Checkpoint(log or self.log, frontier.size, frontier.root())

    def note(self, entries: Sequence[bytes], *, log: str | None = None) -> str:
        """The checkpoint of entries under the ledger's own key."""
        return sign(self.point(entries, log=log), self.own)

    def witnessed(self, entries: Sequence[bytes]) -> str:
        """The same, with the other plane's signature."""
        return cosign(self.note(entries), self.other)

    def export(self, entries: Sequence[bytes] | None = None, note: str | None = None) -> bytes:
        """An export of entries under a note; by default of the whole ledger, witnessed."""
        shown = self.entries if entries is None else entries
        out = BytesIO()
        write_export(out, self.witnessed(shown) if note is None else note, shown)
        return out.getvalue()

    def proof(
        self, index: int, *, entries: Sequence[bytes] | None = None, note: str | None = None
    ) -> Proof:
        """The proof of one entry."""
        shown = self.entries if entries is None else entries
        leaves = [leaf_hash(entry) for entry in shown]
        path = inclusion_proof(index, len(shown), subtree_of_leaves(leaves))
        return Proof(index, shown[index], path, note or self.witnessed(shown))


@dataclass(frozen=True)
class Case:
    """One file, what is asked of it, and what must be answered."""

    id: str
    by: str
    """Who could make it: nobody (it is sound), outsider, superuser, own key, other key, both keys."""
    what: str
    file: bytes
    codes: tuple[str, ...]
    """The findings; none for a sound file. `input` is a file beside it that cannot be read."""
    keys: bytes | None = None
    seen: tuple[bytes, ...] = ()
    log: str | None = None
    signers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Remarks that a sound file gets."""


def as_data(case: Case, world: World) -> dict[str, object]:
    """A case as other programs read it; bytes in base64."""
    return {
        "id": case.id,
        "by": case.by,
        "what": case.what,
        "file": _base64(case.file),
        "question": {
            "keys": _base64(world.keys if case.keys is None else case.keys),
            "seen": [_base64(note) for note in case.seen],
            "log": case.log,
            "signers": list(case.signers),
        },
        "verdict": {
            "sound": not case.codes,
            "findings": list(case.codes),
            "notes": list(case.notes),
        },
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
