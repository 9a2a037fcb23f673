"""Breach cases as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.breach_cases.models import BreachCase, BreachNotice
from lmhg_gateway.features.breach_cases.rules import (
    DECISIONS,
    FACTORS,
    LEVELS,
    WHO,
    Decision,
    Duty,
    Level,
    Stand,
    Who,
)
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.ui.environment import count_of


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One breach case."""

    id: uuid.UUID
    incident_id: uuid.UUID
    discovered_on: date
    people: int | None
    next_step: str
    due_on: date | None
    state: str
    state_tone: str
    assessed: str
    decision: str
    is_breach: bool
    is_low: bool
    why: str
    decided: str
    decided_at: datetime | None
    decided_by_id: str
    confirmed: str
    confirmed_at: datetime | None


class FactorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One factor as it was assessed."""

    title: str
    text: str
    level: str
    tone: str


class DutyRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who has to be told by when."""

    who: str
    due_on: date
    state: str
    tone: str


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who was told."""

    id: uuid.UUID
    who: str
    told_on: date
    how: str
    noted_by: str


def state_of(found: Stand, *, today: date) -> tuple[str, str]:
    """How long there is left, in words and colour."""
    if found.due_on is None:
        return "Done", "ok"
    left = (found.due_on - today).days
    if left < 0:
        return f"{count_of(-left, 'day')} late", "bad"
    said = "Due today" if left == 0 else f"{count_of(left, 'day')} left"
    return said, "warn" if found.is_soon(today) else ""


def row(case: BreachCase, found: Stand, names: Mapping[str, str], *, today: date) -> CaseRow:
    """One breach case."""
    state, tone = state_of(found, today=today)
    return CaseRow(
        id=case.id,
        incident_id=case.incident_id,
        discovered_on=case.discovered_on,
        people=case.people,
        next_step=found.next_step,
        due_on=found.due_on,
        state=state,
        state_tone=tone,
        assessed=who_words(case.assessed_by, names) if case.assessed_by else "",
        decision=DECISIONS[Decision(case.decision)] if case.decision else "",
        is_breach=case.decision == Decision.BREACH,
        is_low=case.decision == Decision.LOW,
        why=case.why or "",
        decided=who_words(case.decided_by, names) if case.decided_by else "",
        decided_at=case.decided_at,
        decided_by_id=case.decided_by or "",
        confirmed=who_words(case.confirmed_by, names) if case.confirmed_by else "",
        confirmed_at=case.confirmed_at,
    )


def factor_rows(case: BreachCase) -> list[FactorRow]:
    """The four factors; none while they are not assessed."""
    if case.assessed_at is None:
        return []
    return [
        FactorRow(
            title=title,
            text=getattr(case, name) or "",
            level=LEVELS[Level(getattr(case, f"{name}_level"))],
            tone="ok" if getattr(case, f"{name}_level") == Level.LOW else "warn",
        )
        for name, (title, _) in FACTORS.items()
    ]


def duty_rows(found: Sequence[Duty], *, today: date) -> list[DutyRow]:
    """Who has to be told by when."""
    rows: list[DutyRow] = []
    for each in found:
        state, tone = ("Told", "ok") if each.is_done else ("To do", "warn")
        if each.is_late(today):
            state, tone = "Late", "bad"
        rows.append(DutyRow(who=WHO[each.who], due_on=each.due_on, state=state, tone=tone))
    return rows


def notice_rows(found: Sequence[BreachNotice], names: Mapping[str, str]) -> list[NoticeRow]:
    """Who was told, oldest first."""
    return [
        NoticeRow(
            id=each.id,
            who=WHO[Who(each.who)],
            told_on=each.told_on,
            how=each.how or "",
            noted_by=who_words(each.noted_by, names),
        )
        for each in found
    ]
