"""What a batch leaves: how much was disposed of, by which rule, by whom; and of no one a word.

The bytes are made once, when the batch is done, and kept. Their SHA-256 is an entry of the access ledger, in two
halves, so anyone with the exported ledger and the file can tell that neither was changed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec

from lmhg_gateway.features.retention.models import DisposalBatch, DisposalCount, DisposalItem
from lmhg_gateway.features.retention.rules import HELD_WHY, ItemState, digest_of

FORMAT = "lmhg disposal certificate 1"
HALF = 32
GONE = frozenset({ItemState.ROWS_GONE, ItemState.DONE})


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a batch ends, beside its rows."""

    files: int
    backups_until: date
    """From which day on no backup of the office has what was disposed of."""
    messages_kept: str | None = None
    """Why its messages stayed."""


def certificate_of(
    batch: DisposalBatch,
    items: Sequence[DisposalItem],
    counts: Sequence[DisposalCount],
    ended: Ended,
) -> bytes:
    """The certificate as JSON, keys in order."""
    gone = [each for each in items if each.state in GONE]
    lines = Counter((each.line, each.years) for each in gone)
    said: dict[str, Any] = {
        "format": FORMAT,
        "batch": str(batch.id),
        "proposed_at": _at(batch.proposed_at),
        "asked_by": {"id": str(batch.asked_by), "name": batch.asked_name},
        "asked_at": _at(batch.asked_at),
        "approved_by": {"id": str(batch.decided_by), "name": batch.decided_name},
        "approved_at": _at(batch.decided_at),
        "done_at": _at(batch.done_at),
        "schedule": [
            {"line": line, "years": years, "records": lines[line, years]}
            for line, years in sorted(lines)
        ],
        "records": len(gone),
        "left_out": sorted(
            ({"hash": _hash(batch, each), "why": _why(each)} for each in _stayed(items)),
            key=lambda each: each["hash"],
        ),
        "rows": {each.kind: each.rows for each in counts},
        "files": ended.files,
        "messages_before": _at(batch.messages_before),
        "messages_left_out": ended.messages_kept,
        "backups_until": ended.backups_until.isoformat(),
        "salt": batch.salt,
        "hash": "SHA-256 of the salt followed by the record's id",
        "hashes": sorted(each.digest or "" for each in gone),
    }
    return json.dumps(said, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def _stayed(items: Sequence[DisposalItem]) -> list[DisposalItem]:
    return [each for each in items if each.state not in GONE]


def _hash(batch: DisposalBatch, item: DisposalItem) -> str:
    return item.digest or digest_of(batch.salt, str(item.client_id))


def _why(item: DisposalItem) -> str:
    return HELD_WHY if item.state == ItemState.HELD else item.left_out_why or ""


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


class Person(msgspec.Struct, frozen=True):
    """Someone of the practice who asked or approved."""

    id: str
    name: str | None


class OfLine(msgspec.Struct, frozen=True):
    """How many records went under one line of the schedule."""

    line: str
    years: int
    records: int


class LeftOutRecord(msgspec.Struct, frozen=True):
    """A record that was listed and stayed."""

    hash: str
    why: str


class Certificate(msgspec.Struct, frozen=True):
    """A certificate as it was kept, to be shown."""

    asked_by: Person
    approved_by: Person
    proposed_at: datetime
    asked_at: datetime
    approved_at: datetime
    done_at: datetime
    schedule: Annotated[list[OfLine], msgspec.Meta(max_length=100)]
    records: int
    left_out: Annotated[list[LeftOutRecord], msgspec.Meta(max_length=1000)]
    rows: dict[str, int]
    files: int
    messages_before: datetime | None
    messages_left_out: str | None
    backups_until: date


def read_certificate(body: bytes) -> Certificate:
    """What a certificate says."""
    return msgspec.json.decode(body, type=Certificate)


def sha256_of(said: bytes) -> str:
    """The hash of a certificate."""
    return hashlib.sha256(said).hexdigest()


def halves(found: str) -> list[str]:
    """A hash as a ledger entry holds it: its names are shorter than the hash is."""
    return [f"sha256_1_{found[:HALF]}", f"sha256_2_{found[HALF:]}"]
