"""Ledger entries: JSON with sorted keys and no spaces, hashed and exported as they are.

Fields are declared in alphabetical order, so encoding needs no sorting. An entry names records,
fields and codes; a value of a record is never in one.
"""

from datetime import UTC, datetime

import msgspec


class RelayEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One decision or receipt. `digest` is the SHA-256 of the body, hex; `bytes` its length."""

    actor: str
    at: str
    batch: int | None
    bytes: int
    decision: str
    digest: str | None
    exemption_id: str | None
    fields: tuple[str, ...]
    gate: str | None
    kind: str | None
    n: int
    op: str | None
    policy: str
    reason: str | None
    record_id: str | None
    version: int | None


class AccessEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One audit event: who did what to which records, for which purpose, from where."""

    act: str
    actor: str
    at: str
    columns: tuple[str, ...]
    n: int
    outcome: str
    purpose: str
    request_id: str
    subject_ids: tuple[str, ...]
    subject_kind: str
    zone: str


Entry = RelayEntry | AccessEntry

_encoder = msgspec.json.Encoder()


def encode_entry(entry: Entry) -> bytes:
    """The exact bytes that the ledger holds for ever."""
    return _encoder.encode(entry)


def timestamp(moment: datetime) -> str:
    """A moment as entries write it: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
