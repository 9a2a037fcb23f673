"""Absences as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from lmhg_gateway.features.absences.handover import Case
from lmhg_gateway.features.absences.models import Absence
from lmhg_gateway.features.absences.rules import REASONS, Reason
from lmhg_kit.practice import Practice
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day, short_day

GONE = "A former colleague"
NAMELESS = "(no name on file)"
NO_ONE = "No one covers"


class AbsenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One absence."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    reason: str
    is_leaving: bool
    is_canceled: bool
    days: str
    last_on: date | None
    state: str
    state_tone: str
    cover: str
    cover_tone: str


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One client of a handover: what there is, and who covers."""

    client_id: uuid.UUID
    name: str
    what: str
    cover_id: str
    cover: str
    said: str
    """What is wrong with who covers; nothing where all is well."""


def days_of(absence: Absence) -> str:
    """From when until when, in words."""
    if absence.last_on is None:
        return f"From {long_day(absence.first_on)} for good"
    if absence.last_on == absence.first_on:
        return long_day(absence.first_on)
    return f"{long_day(absence.first_on)} to {long_day(absence.last_on)}"


def state_of(absence: Absence, *, today: date) -> tuple[str, str]:
    """How an absence is, in words and colour."""
    if absence.canceled_at is not None:
        return "Canceled", ""
    if today < absence.first_on:
        return "To come", ""
    if absence.last_on is None:
        return "Left", ""
    return ("Away now", "warn") if today <= absence.last_on else ("Back", "ok")


def row(
    absence: Absence, staff: Mapping[str, str], *, today: date, cases: Sequence[Case] | None
) -> AbsenceRow:
    """One absence; `cases` is None where its clients were not looked up."""
    said, tone = state_of(absence, today=today)
    left = sum(not each.is_covered for each in cases or ())
    cover, cover_tone = "", ""
    if cases is not None:
        cover, cover_tone = ("Everyone is covered", "ok") if cases else ("No clients", "")
    if left:
        cover, cover_tone = f"{count_of(left, 'client')} without cover", "bad"
    return AbsenceRow(
        id=absence.id,
        person_id=absence.person_id,
        name=staff.get(str(absence.person_id), GONE),
        reason=REASONS[Reason(absence.reason)],
        is_leaving=absence.last_on is None,
        is_canceled=absence.canceled_at is not None,
        days=days_of(absence),
        last_on=absence.last_on,
        state=said,
        state_tone=tone,
        cover=cover,
        cover_tone=cover_tone,
    )


def case_views(
    cases: Sequence[Case],
    names: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
    practice: Practice,
) -> list[CaseView]:
    """The clients of a handover, in the order given."""
    return [
        CaseView(
            client_id=each.client_id,
            name=names.get(each.client_id, NAMELESS),
            what=_what(each, practice),
            cover_id=str(each.cover_id or ""),
            cover=staff.get(str(each.cover_id), GONE) if each.cover_id else NO_ONE,
            said=_wrong(each),
        )
        for each in cases
    ]


def _what(case: Case, practice: Practice) -> str:
    parts = [count_of(count, noun) for noun, count in case.counts.items()]
    said = ", ".join(parts) or "Nothing left to do"
    first = practice.day_of(case.first_at) if case.first_at else None
    return f"{said}. First on {short_day(first)}" if first else said


def _wrong(case: Case) -> str:
    if case.is_covered:
        return ""
    return "Away too, or no longer here" if case.cover_id else NO_ONE


def cover_words(absence: Absence, staff: Mapping[str, str], *, cover_id: uuid.UUID) -> str:
    """Who covers from when until when. It holds on every day, so that no zone decides its words."""
    away = staff.get(str(absence.person_id), GONE)
    covers = staff.get(str(cover_id), GONE)
    first, last = long_day(absence.first_on), absence.last_on
    if last is None:
        return f"{away} is gone from {first} on. {covers} takes over."
    if last == absence.first_on:
        return f"{away} is away on {first}. {covers} covers."
    return f"{away} is away from {first} to {long_day(last)}. {covers} covers."
