"""Exemptions as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.cloud_copies.public import CloudRow
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.exemptions.rules import ends_in, state_of
from lmhg_gateway.features.staff.public import who_words
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence.exemptions import Exemption

STATE_WORDS = {
    "in_force": ("Active", "ok"),
    "ending": ("Ends soon", "warn"),
    "withdrawn": ("Taken back", "info"),
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
    state_tone: str
    about: CloudRow | None = None
    """The record of an exemption of one record, while it is here."""

    @property
    def people(self) -> str:
        """Who asked and who approved; a rule of the policy is said once."""
        return ", ".join(dict.fromkeys((self.requested_by, self.approved_by)))

    @property
    def is_held(self) -> bool:
        """Whether screening holds its record, so that the portal does not get it."""
        return self.withdrawn_at is None and self.about is not None and self.about.is_held


@dataclass(frozen=True)
class RequestRow:
    """One request for an exemption."""

    id: uuid.UUID
    kind: str
    title: str
    """What would be shared: the record's title, or all of a kind; empty where it is not here."""
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
    words, tone = STATE_WORDS[
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
        state_tone=tone,
        about=about,
    )


def request_rows(
    found: Iterable[ExemptionRequest],
    names: Mapping[str, str],
    *,
    records: Mapping[uuid.UUID, CloudRow],
) -> list[RequestRow]:
    """Requests as the list shows them, each single one with what it is about."""
    return [
        request_row(each, names, about=records.get(each.record_id) if each.record_id else None)
        for each in found
    ]


def request_row(
    each: ExemptionRequest, names: Mapping[str, str], *, about: CloudRow | None = None
) -> RequestRow:
    """One request with its reasons."""
    scope = RELEASED.get(each.kind)
    return RequestRow(
        id=each.id,
        kind=each.kind,
        title=scope.title if scope and not each.record_id else (about.label if about else ""),
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


def _person(actor: str, names: Mapping[str, str]) -> str:
    return who_words(actor, names)
