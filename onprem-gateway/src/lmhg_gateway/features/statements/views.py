"""Statements as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_contracts.ledger.statement_text import UNSETTLED
from lmhg_gateway.features.staff.public import who_words
from lmhg_gateway.features.statements.comparison import Comparison
from lmhg_gateway.features.statements.evidence import command
from lmhg_gateway.features.statements.models import MonthStatement
from lmhg_gateway.features.statements.rules import (
    PROBLEMS,
    STILL_AFTER,
    is_early,
    name_of,
    words_of,
)

READING = "Reading every entry of both ledgers…"
EMPTY = "Complete and empty: neither ledger has an entry for this month."
WHOLE = "Complete: both ledgers are checked, confirmed, and continue after this month."
NOT_SETTLED = "The ledgers have few entries after this month, so the last days may still change. Make it again later."
WAITING = "Starting in a second or two…"


@dataclass(frozen=True)
class FindingRow:
    """One reason why there is no statement."""

    means: str
    todo: str
    said: str


@dataclass(frozen=True)
class StatementView:
    """One statement: how far it is, or its result in words."""

    id: uuid.UUID
    month: str
    name: str
    is_done: bool
    is_made: bool
    percent: int
    doing: str
    still_since: datetime | None
    state: str
    state_tone: str
    headline: str
    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    text: str
    findings: Sequence[FindingRow]
    waits: bool
    """Whether all that is missing comes by itself."""
    compared: Comparison | None
    problems: Sequence[str]
    command: str


def statement_view(
    found: MonthStatement, names: Mapping[str, str], *, at: datetime
) -> StatementView:
    """One statement in plain words."""
    month = Month.parse(found.month, found.zone)
    findings = [(each["code"], each["sentence"]) for each in found.findings or []]
    words = [words_of(code) for code, _ in findings]
    waits = bool(words) and all(each.waits for each in words) and is_early(month, at=at)
    compared = msgspec.convert(found.compared, Comparison) if found.compared else None
    state, tone = _state(found, compared, waits=waits)
    moved = found.moved_at or found.asked_at
    is_still = found.finished_at is None and at - moved > STILL_AFTER
    return StatementView(
        id=found.id,
        month=found.month,
        name=name_of(found.month),
        is_done=found.finished_at is not None,
        is_made=found.outcome == "made",
        percent=found.permille // 10,
        doing=READING if found.starts else WAITING,
        still_since=moved if is_still else None,
        state=state,
        state_tone=tone,
        headline=_headline(found, compared, waits=waits),
        asked_at=found.asked_at,
        asked_by=who_words(found.asked_by, names),
        finished_at=found.finished_at,
        text=found.body or "",
        findings=[
            FindingRow(each.means, each.todo, said)
            for each, (_, said) in zip(words, findings, strict=True)
        ],
        waits=waits,
        compared=compared,
        problems=_problems(compared) if compared else [],
        command=command(month, found.seen or {}),
    )


def statement_rows(
    found: Iterable[MonthStatement], names: Mapping[str, str], *, at: datetime
) -> list[StatementView]:
    """Statements as the list shows them."""
    return [statement_view(each, names, at=at) for each in found]


def _state(found: MonthStatement, compared: Comparison | None, *, waits: bool) -> tuple[str, str]:
    if found.finished_at is None:
        return "Being made", "info"
    if found.outcome != "made":
        return ("Too early", "warn") if waits else ("No statement", "bad")
    if compared is not None and not compared.agrees:
        return "Made, but the portal differs", "bad"
    return "Complete", "ok"


def _is_empty(found: MonthStatement) -> bool:
    """Whether a month lies outside of what the ledgers are about, such as before they began."""
    return (found.body or "").count("ledger: entries none;") == 2


def _headline(found: MonthStatement, compared: Comparison | None, *, waits: bool) -> str:
    name, body = name_of(found.month), found.body or ""
    if waits:
        return f"There is no statement for {name} yet. The evidence is not complete."
    if compared is None:
        return f"There is no statement for {name}. The evidence is not complete."
    if not compared.agrees:
        return f"The ledgers of {name} are complete, but the portal's confirmations differ. Do not hand on this statement until that is explained."
    said = EMPTY if _is_empty(found) else WHOLE
    return f"{said} {NOT_SETTLED}" if UNSETTLED in body else said


def _problems(compared: Comparison) -> list[str]:
    """Differences in sentences, and how many more there are."""
    said = [
        f"Batch {each.batch}: {PROBLEMS[each.code]}."
        if each.batch
        else f"{PROBLEMS[each.code].capitalize()}."
        for each in compared.problems
    ]
    more = compared.wrong - len(said)
    return [*said, f"And {more:,} more."] if more else said
