"""Estimates as pages show them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.estimates.models import Estimate
from lmhg_gateway.features.estimates.rules import HOW, OUTCOMES, UNDO_FOR, WHY, Why
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.ui.formats import long_day

NAMELESS = "(no name on file)"


class EstimateRow(msgspec.Struct, frozen=True, kw_only=True):
    """One estimate in a list."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    why: str
    visit_on: date | None
    due_at: datetime
    state: str
    state_tone: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """The head of an estimate's page."""

    row: EstimateRow
    referral_id: uuid.UUID | None
    document_id: uuid.UUID | None
    facts: list[tuple[str, str | None]]
    note: str
    is_open: bool
    can_undo: bool


def row(found: Estimate, name: str, *, at: datetime) -> EstimateRow:
    """One estimate."""
    if found.outcome is None:
        said, tone = ("Late", "bad") if at >= found.due_at else ("To give", "warn")
    else:
        said, tone = OUTCOMES[found.outcome], "ok" if found.given_on else ""
    return EstimateRow(
        id=found.id,
        client_id=found.client_id,
        name=name,
        why=WHY[Why(found.why)],
        visit_on=found.visit_on,
        due_at=found.due_at,
        state=said,
        state_tone=tone,
    )


def card(
    found: Estimate,
    name: str,
    staff: Mapping[str, str],
    *,
    by: str,
    at: datetime,
    zone: ZoneInfo,
) -> Card:
    """Everything that an estimate's page says of it."""
    closed = found.closed_at
    return Card(
        row=row(found, name, at=at),
        referral_id=found.referral_id,
        document_id=found.document_id,
        facts=_facts(found, staff, zone),
        note=found.note or "",
        is_open=closed is None,
        can_undo=closed is not None and found.closed_by == by and at < closed + UNDO_FOR,
    )


def _facts(
    found: Estimate, staff: Mapping[str, str], zone: ZoneInfo
) -> list[tuple[str, str | None]]:
    amount = None if found.amount_cents is None else f"${found.amount_cents / 100:,.2f}"
    facts: list[tuple[str, str | None]] = [
        ("Because", WHY[Why(found.why)]),
        ("Since", long_day(found.began_at.astimezone(zone).date())),
        ("Visit on", long_day(found.visit_on) if found.visit_on else None),
        ("Give it by", long_day(found.due_at.astimezone(zone).date())),
        ("Given on", long_day(found.given_on) if found.given_on else None),
        ("How", HOW[found.how] if found.how else None),
        ("Total", amount),
        ("Closed by", who_words(found.closed_by, staff) if found.closed_by else None),
    ]
    return [each for each in facts if each[1]]


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Choices of a field."""
    return [(str(code), text) for code, text in words.items()]
