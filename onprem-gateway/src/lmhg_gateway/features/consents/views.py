"""Consents as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.consents.models import Consent
from lmhg_gateway.features.consents.rules import (
    ENDS,
    GIVERS,
    HOW,
    SAID,
    SCOPES,
    UNDO_FOR,
    WARN_DAYS,
    Follow,
    Scope,
    is_over,
)
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.ui.formats import long_day


class ConsentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One consent in a list."""

    id: uuid.UUID
    scope: str
    party: str
    by: str
    given_on: date
    expires_on: date | None
    state: str
    state_tone: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """The head of a consent's page."""

    row: ConsentRow
    client_id: uuid.UUID
    document_id: uuid.UUID | None
    facts: list[tuple[str, str | None]]
    about: str
    is_in_force: bool
    can_undo: bool


def state_of(consent: Consent, *, today: date) -> tuple[str, str]:
    """How a consent is, in words and colour."""
    if consent.ended_at is not None:
        return "Ended", ""
    if is_over(consent.expires_on, today=today):
        return "Its time is over", "bad"
    if consent.expires_on is not None and (consent.expires_on - today).days <= WARN_DAYS:
        return f"Until {long_day(consent.expires_on)}", "warn"
    return "In force", "ok"


def row(consent: Consent, *, today: date) -> ConsentRow:
    """One consent."""
    said, tone = state_of(consent, today=today)
    return ConsentRow(
        id=consent.id,
        scope=SCOPES[Scope(consent.scope)],
        party=consent.party or "",
        by=consent.giver or GIVERS[consent.given_by],
        given_on=consent.given_on,
        expires_on=consent.expires_on,
        state=said,
        state_tone=tone,
    )


def card(consent: Consent, staff: Mapping[str, str], *, by: str, at: datetime, today: date) -> Card:
    """Everything that a consent's page says of it."""
    ended = consent.ended_at
    return Card(
        row=row(consent, today=today),
        client_id=consent.client_id,
        document_id=consent.document_id,
        facts=_facts(consent, staff),
        about=consent.about or "",
        is_in_force=ended is None,
        can_undo=ended is not None and consent.ended_by == by and at < ended + UNDO_FOR,
    )


def _facts(consent: Consent, staff: Mapping[str, str]) -> list[tuple[str, str | None]]:
    ended = consent.ended_by
    facts: list[tuple[str, str | None]] = [
        ("Released to", consent.party),
        ("Given by", GIVERS[consent.given_by]),
        ("Name", consent.giver),
        ("How", HOW[consent.how]),
        ("Given on", long_day(consent.given_on)),
        ("Last day", long_day(consent.expires_on) if consent.expires_on else "No end of its own"),
        ("Recorded by", who_words(consent.recorded_by, staff)),
        ("Why it ended", ENDS[consent.ended_why] if consent.ended_why else None),
        ("Ended by", who_words(ended, staff) if ended else None),
    ]
    return [each for each in facts if each[1]]


def said(wanted: Sequence[Follow]) -> list[str]:
    """What follows, in words."""
    return [SAID[each] for each in wanted]


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Choices of a field."""
    return [(str(code), text) for code, text in words.items()]
