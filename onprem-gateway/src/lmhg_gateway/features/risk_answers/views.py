"""Risk answers as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.risk_answers.models import OnCallTurn, RiskAnswer
from lmhg_gateway.features.risk_answers.rota_rules import Stretch
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.ui.formats import short_day

NAMELESS = "(no name on file)"
GONE = "A former colleague"


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One risk answer: about whom, when it came, who read it after how many minutes, and how it ended."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    found_at: datetime
    read_by: str
    minutes: int | None
    """From its arrival until someone read it."""
    told: int
    is_closed: bool
    closed_by: str
    closed_at: datetime | None


def row(answer: RiskAnswer, name: str, staff: Mapping[str, str]) -> RiskRow:
    """One risk answer."""
    read_at = answer.read_at
    return RiskRow(
        id=answer.id,
        client_id=answer.client_id,
        name=name,
        found_at=answer.found_at,
        read_by=who_words(answer.read_by, staff) if answer.read_by else "",
        minutes=int((read_at - answer.found_at).total_seconds() // 60) if read_at else None,
        told=answer.told,
        is_closed=answer.closed_at is not None,
        closed_by=who_words(answer.closed_by, staff) if answer.closed_by else "",
        closed_at=answer.closed_at,
    )


class StretchRow(msgspec.Struct, frozen=True, kw_only=True):
    """Days in a row of the rota: when, who, and whether that is a gap."""

    days: str
    name: str
    said: str
    tone: str


class TurnRow(msgspec.Struct, frozen=True, kw_only=True):
    """One turn on call."""

    id: uuid.UUID
    name: str
    days: str


def span_words(first_on: date, last_on: date) -> str:
    """Some days in a row: "Mon, Nov 30" or "Mon, Nov 30 to Sun, Dec 6"."""
    if first_on == last_on:
        return short_day(first_on)
    return f"{short_day(first_on)} to {short_day(last_on)}"


def weeks(found: Sequence[Stretch], staff: Mapping[str, str]) -> list[StretchRow]:
    """A rota in rows."""
    return [_stretch(each, staff) for each in found]


def _stretch(each: Stretch, staff: Mapping[str, str]) -> StretchRow:
    name = staff.get(str(each.person_id), GONE) if each.person_id else ""
    said, tone = ("Away: we tell the people on the list", "bad") if each.is_away else ("", "")
    if not each.person_id:
        said, tone = "No one: we tell the people on the list", "warn"
    return StretchRow(days=span_words(each.first_on, each.last_on), name=name, said=said, tone=tone)


def turn_row(each: OnCallTurn, staff: Mapping[str, str]) -> TurnRow:
    """One turn."""
    name = staff.get(str(each.person_id), GONE)
    return TurnRow(id=each.id, name=name, days=span_words(each.first_on, each.last_on))
