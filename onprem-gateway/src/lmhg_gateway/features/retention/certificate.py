"""What a batch leaves: how much was disposed of, by which rule, by whom; and of no one a word.

The bytes follow from rows that nobody changes anymore. Their SHA-256 is an entry of the access ledger, in two
halves, so anyone with the exported ledger and the file can tell that neither was changed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lmhg_gateway.features.retention.models import DisposalBatch, DisposalCount, DisposalItem
from lmhg_gateway.features.retention.rules import ItemState

FORMAT = "lmhg disposal certificate 1"
HALF = 32


def certificate_of(
    batch: DisposalBatch,
    items: Sequence[DisposalItem],
    counts: Sequence[DisposalCount],
    *,
    files: int,
) -> bytes:
    """The certificate as JSON, keys in order."""
    gone = [each for each in items if each.digest is not None]
    stayed = Counter(each.state for each in items if each.digest is None)
    said: dict[str, Any] = {
        "format": FORMAT,
        "batch": str(batch.id),
        "proposed_at": _at(batch.proposed_at),
        "asked_by": {"id": str(batch.asked_by), "name": batch.asked_name},
        "asked_at": _at(batch.asked_at),
        "approved_by": {"id": str(batch.decided_by), "name": batch.decided_name},
        "approved_at": _at(batch.decided_at),
        "done_at": _at(batch.done_at),
        "schedule": sorted({(each.line, each.years) for each in gone}),
        "records": len(gone),
        "kept": {
            state.value: stayed[state.value]
            for state in (ItemState.LEFT_OUT, ItemState.HELD, ItemState.CHANGED)
        },
        "rows": {each.kind: each.rows for each in counts},
        "files": files,
        "messages_before": _at(batch.messages_before),
        "salt": batch.salt,
        "hash": "SHA-256 of the salt followed by the record's id",
        "hashes": sorted(each.digest or "" for each in gone),
    }
    return json.dumps(said, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def sha256_of(said: bytes) -> str:
    """The hash of a certificate."""
    return hashlib.sha256(said).hexdigest()


def halves(found: str) -> list[str]:
    """A hash as a ledger entry holds it: its names are shorter than the hash is."""
    return [f"sha256_1_{found[:HALF]}", f"sha256_2_{found[HALF:]}"]
