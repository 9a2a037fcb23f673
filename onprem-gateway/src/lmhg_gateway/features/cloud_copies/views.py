"""What is in the cloud, as pages show it."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row

from lmhg_gateway.features.cloud_copies.rules import RECALL_LATE
from lmhg_gateway.features.ledger_review.public import DECISIONS
from lmhg_kit.ui.coded import words


@dataclass(frozen=True)
class RecallLine:
    """How far a recall is, in one line."""

    withdrawn_at: datetime
    records: int
    unreadable: int
    unreadable_at: datetime | None
    purged: int
    purged_at: datetime | None
    late: bool
    """Whether it takes longer than a recall takes while both relays work."""
    backups_until: datetime | None
    """When the last backup of the portal that may hold it is deleted; None before it is unreadable."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it is anywhere outside any more."""
        return self.purged >= self.records

    @property
    def is_readable(self) -> bool:
        """Whether some of it may still be read in the cloud."""
        return self.unreadable < self.records


@dataclass(frozen=True)
class EntryRow:
    """One ledger entry about a record."""

    n: int
    at: datetime
    decision: str
    decision_tone: str
    op: str
    version: int | None
    why: str
    receipted_at: datetime | None


@dataclass(frozen=True)
class Shipped:
    """Exactly what ships of one record, and whether the ledger signed for these very bytes."""

    kind: str
    record_id: uuid.UUID
    version: int
    is_exempt: bool
    exemption_id: uuid.UUID | None
    pairs: Sequence[tuple[str, str]]
    body: str
    digest: str


@dataclass(frozen=True)
class CloudRow:
    """One record that is in the cloud, in a list; or that would be, if screening had not held it."""

    id: uuid.UUID
    is_held: bool
    label: str
    when: datetime | None
    version: int
    updated_at: datetime


def recall_line(
    found: Row[Any], *, at: datetime, records: int, now: datetime, backup_days: int
) -> RecallLine:
    """The recalls of one withdrawal of so many records, added up.

    A record that is kept back is one recall at least. It is known only once the relay has sent it,
    and until then its body is still in the cloud.
    """
    records = max(records, found.known)
    gone_at = found.unreadable_at
    return RecallLine(
        backups_until=gone_at + timedelta(days=backup_days) if gone_at else None,
        late=found.purged < records and now - at > RECALL_LATE,
        withdrawn_at=at,
        records=records,
        unreadable=found.unreadable,
        unreadable_at=found.unreadable_at,
        purged=found.purged,
        purged_at=found.purged_at,
    )


def entry_rows(found: Iterable[Row[Any]]) -> list[EntryRow]:
    """Ledger entries about one record, newest first."""
    return [
        EntryRow(
            n=row.n,
            at=datetime.fromisoformat(row.entry["at"]),
            decision=row.entry["decision"],
            decision_tone=DECISIONS.get(row.entry["decision"], ("", ""))[0],
            op=row.entry["op"] or "",
            version=row.entry["version"],
            why=": ".join(part for part in (row.entry["gate"], row.entry["reason"]) if part),
            receipted_at=row.closed_at,
        )
        for row in found
    ]


def shipped(kind: str, row: Row[Any], names: Mapping[str, str]) -> Shipped:
    """What ships of a record, field by field, and the bytes themselves."""
    fields: dict[str, Any] = msgspec.json.decode(row.body)
    pairs = [(name, _say(value, names)) for name, value in sorted(fields.items())]
    return Shipped(
        kind=kind,
        record_id=row.id,
        version=row.version,
        is_exempt=row.hipaa_exempt,
        exemption_id=row.exemption_id,
        pairs=pairs,
        body=row.body,
        digest=hashlib.sha256(row.body.encode()).hexdigest(),
    )


def signed_for(found: Iterable[Row[Any]], what: Shipped) -> Row[Any] | None:
    """The newest entry by which exactly these bytes were shipped."""
    for row in found:
        entry = row.entry
        if entry["decision"] == "ship" and entry["op"] == "put":
            same = entry["version"] == what.version and entry["digest"] == what.digest
            return row if same else None
    return None


class Place(NamedTuple):
    """Where the bytes on a page are, in words with a colour, and what the cloud does with them."""

    label: str
    tone: str
    verb: str


def place_of(
    found: Sequence[Row[Any]], what: Shipped | None, *, is_kept: bool, is_readable: bool = False
) -> Place:
    """Where a record's present bytes are, as its ledger entries say, newest first."""
    if is_kept:
        return Place("Taken back", "warn" if is_readable else "info", "would show")
    if what is None or not what.is_exempt:
        return Place("Only in the office", "", "would show")
    if signed_for(found, what):
        return Place("On the portal", "ok", "shows")
    sent = next((row.entry for row in found if row.entry["decision"] == "ship"), None)
    if sent and sent["op"] == "put":
        return Place("Another version is on the portal", "warn", "would show of this one")
    newest = found[0].entry if found else None
    if newest and newest["decision"] == "refuse":
        return Place("Not on the portal: a check stopped it", "warn", "would show")
    return Place("On its way", "info", "will show")


def cloud_rows(kind: str, found: Iterable[Row[Any]], names: Mapping[str, str]) -> list[CloudRow]:
    """Records in the cloud, each by what of it is there."""
    return [_cloud_row(kind, row, names) for row in found]


def _cloud_row(kind: str, row: Row[Any], names: Mapping[str, str]) -> CloudRow:
    fields: dict[str, Any] = msgspec.json.decode(row.body)
    begins = fields.get("starts_at")
    return CloudRow(
        id=row.id,
        is_held=row.is_held,
        label=_label(kind, fields, names),
        when=datetime.fromisoformat(begins) if begins else None,
        version=row.version,
        updated_at=row.updated_at,
    )


def _label(kind: str, fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if kind == "calendar_block":
        return names.get(str(fields["clinician_id"]), "A former colleague")
    for name in ("title", "display_name", "target_kind"):
        if name in fields:
            said = str(fields[name])
            return words(said) if name == "target_kind" else said
    return words(kind)


def _say(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "none" if value is None else str(value)
    return names.get(text, text)
