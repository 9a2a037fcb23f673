"""Exemptions, and what is in the cloud under them, as pages show them."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row

from lmhg_gateway.features.compliance.exemption_rules import (
    RECALL_LATE,
    ends_in,
    state_of,
)
from lmhg_gateway.features.compliance.models import ExemptionRequest, KeptBack, Withdrawal
from lmhg_gateway.features.ledger_review.public import DECISIONS
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence.exemptions import Exemption

STATE_WORDS = {
    "in_force": ("In force", "ok"),
    "ending": ("Ends soon", "warn"),
    "withdrawn": ("Withdrawn", "info"),
}


@dataclass(frozen=True)
class ExemptionRow:
    """One exemption or standing approval."""

    id: uuid.UUID
    kind: str
    title: str
    record_id: uuid.UUID | None
    href: str
    requested_by: str
    approved_by: str
    granted_at: datetime
    expires_at: datetime | None
    ends: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    state: str
    state_kind: str
    about: "CloudRow | None" = None
    """The record of an exemption of one record, while it is here."""

    @property
    def is_held(self) -> bool:
        """Whether screening holds its record, so that the portal does not get it."""
        return self.withdrawn_at is None and self.about is not None and self.about.is_held


@dataclass(frozen=True)
class RequestRow:
    """One request for an exemption."""

    id: uuid.UUID
    kind: str
    record_id: uuid.UUID | None
    href: str
    requested_by_id: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime | None
    reason: str
    outcome: str
    decided_by: str
    decided_at: datetime | None
    decision: str


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
    decision_kind: str
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


def exemption_rows(
    found: Iterable[Exemption],
    names: Mapping[str, str],
    *,
    at: datetime,
    records: Mapping[uuid.UUID, CloudRow],
) -> list[ExemptionRow]:
    """Exemptions as the list shows them, each single one with what it is about."""
    return [
        exemption_row(
            each, names, at=at, about=records.get(each.record_id) if each.record_id else None
        )
        for each in found
    ]


def exemption_row(
    each: Exemption, names: Mapping[str, str], *, at: datetime, about: CloudRow | None = None
) -> ExemptionRow:
    """One exemption with its state in words."""
    words, kind = STATE_WORDS[
        state_of(expires_at=each.expires_at, withdrawn_at=each.withdrawn_at, at=at)
    ]
    scope = RELEASED.get(each.kind)
    return ExemptionRow(
        id=each.id,
        kind=each.kind,
        title=scope.title if scope and not each.record_id else (about.label if about else ""),
        record_id=each.record_id,
        href=RELEASED.page_of(each.kind, each.record_id) if each.record_id else "",
        requested_by=_person(each.requested_by, names),
        approved_by=_person(each.approved_by, names),
        granted_at=each.granted_at,
        expires_at=each.expires_at,
        ends="" if each.withdrawn_at else ends_in(each.expires_at, at=at),
        withdrawn_at=each.withdrawn_at,
        withdrawn_by=_person(each.withdrawn_by or "", names),
        state=words,
        state_kind=kind,
        about=about,
    )


def request_rows(found: Iterable[ExemptionRequest], names: Mapping[str, str]) -> list[RequestRow]:
    """Requests as the list shows them."""
    return [request_row(each, names) for each in found]


def request_row(each: ExemptionRequest, names: Mapping[str, str]) -> RequestRow:
    """One request with its reasons."""
    return RequestRow(
        id=each.id,
        kind=each.kind,
        record_id=each.record_id,
        href=RELEASED.page_of(each.kind, each.record_id) if each.record_id else "",
        requested_by_id=each.requested_by,
        requested_by=_person(each.requested_by, names),
        requested_at=each.requested_at,
        expires_at=each.expires_at,
        reason=each.reason or "",
        outcome=each.outcome,
        decided_by=_person(each.decided_by or "", names),
        decided_at=each.decided_at,
        decision=each.decision or "",
    )


def recall_line(
    withdrawal: Withdrawal | KeptBack, found: Row[Any], *, now: datetime, backup_days: int
) -> RecallLine:
    """The recalls of one withdrawal, added up.

    A record that is kept back is one recall at least. It is known only once the relay has sent it,
    and until then its body is still in the cloud.
    """
    if isinstance(withdrawal, KeptBack):
        at, records = withdrawal.kept_at, 1
    else:
        at, records = withdrawal.at, withdrawal.records
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
            decision_kind=DECISIONS.get(row.entry["decision"], ("", ""))[0],
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
    kind: str
    verb: str


def place_of(
    found: Sequence[Row[Any]], what: Shipped | None, *, is_kept: bool, is_readable: bool = False
) -> Place:
    """Where a record's present bytes are, as its ledger entries say, newest first."""
    if is_kept:
        return Place("Withdrawn", "warn" if is_readable else "info", "would hold")
    if what is None or not what.is_exempt:
        return Place("Only here", "", "would hold")
    if signed_for(found, what):
        return Place("In the cloud", "ok", "holds")
    sent = next((row.entry for row in found if row.entry["decision"] == "ship"), None)
    if sent and sent["op"] == "put":
        return Place("Another version is in the cloud", "warn", "would hold of this one")
    newest = found[0].entry if found else None
    if newest and newest["decision"] == "refuse":
        return Place("Not in the cloud: a gate stopped it", "warn", "would hold")
    return Place("On its way", "info", "will hold")


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
            return str(fields[name])
    return kind


def _say(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "none" if value is None else str(value)
    return f"{text} ({names[text]})" if text in names else text


def _person(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor, actor)
