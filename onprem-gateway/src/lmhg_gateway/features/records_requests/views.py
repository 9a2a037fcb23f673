"""Requests as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.records_requests.clock_rules import CLOCKS, Kind, can_extend, days_late
from lmhg_gateway.features.records_requests.models import (
    RecordsRelease,
    RecordsRequest,
    RecordsRequestStep,
)
from lmhg_gateway.features.records_requests.rules import (
    ACTS,
    ASKERS,
    CHECKS,
    DENIALS,
    ENDS,
    FORMS,
    HOW_GIVEN,
    KINDS,
    OUTCOMES,
    PURPOSES,
    UNDO_FOR,
    is_in_force,
    next_step,
)
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day

NAMELESS = "(no name on file)"


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """One request in a list."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    kind: str
    asked_by: str
    received_on: date
    due_on: date
    state: str
    state_tone: str
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """The head of a request's page."""

    row: RequestRow
    what: str
    facts: list[tuple[str, str | None]]
    answer: list[tuple[str, str | None]]
    is_open: bool
    is_checked: bool
    is_in_force: bool
    can_extend: bool
    is_law: bool
    outcomes: list[tuple[str, str]]
    keeps_records: bool
    """Whether something is handed over for it."""
    next_step: str
    """What comes next; nothing once it is closed."""
    not_given: str
    """What is said where nothing was handed over."""


@dataclass(frozen=True)
class Step:
    """One entry of the log."""

    title: str
    at: datetime
    tone: str
    text: str


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was handed over."""

    released_on: date
    recipient: str
    what: str
    how: str
    by: str


class ForceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was agreed and has to be kept to."""

    id: uuid.UUID
    kind: str
    decision: str


def state_of(found: RecordsRequest, *, today: date) -> tuple[str, str]:
    """How a request is, in words and colour: late ones are red."""
    if found.ended_at is not None:
        return "No longer in force", ""
    if found.outcome is not None:
        return OUTCOMES[found.outcome], "ok"
    late = days_late(found.due_on, is_closed=False, today=today)
    if late:
        return f"{count_of(late, 'day')} late", "bad"
    left = (found.due_on - today).days
    if left == 0:
        return "Due today", "warn"
    return f"{count_of(left, 'day')} left", "warn" if left <= CLOCKS[Kind(found.kind)].lead else ""


def row(found: RecordsRequest, name: str, *, today: date) -> RequestRow:
    """One request."""
    said, tone = state_of(found, today=today)
    return RequestRow(
        id=found.id,
        client_id=found.client_id,
        name=name,
        kind=KINDS[Kind(found.kind)][0],
        asked_by=ASKERS[found.asked_by],
        received_on=found.received_on,
        due_on=found.due_on,
        state=said,
        state_tone=tone,
        is_late=tone == "bad",
    )


def card(
    found: RecordsRequest, name: str, staff: Mapping[str, str], *, releases: int, today: date
) -> Card:
    """Everything that a request's page says of it."""
    kind, is_closed = Kind(found.kind), found.closed_at is not None
    is_extended, is_checked = found.extended_at is not None, found.checked_at is not None
    return Card(
        row=row(found, name, today=today),
        what=found.what or "",
        facts=_facts(found, staff),
        answer=_answer(found, staff),
        is_open=not is_closed,
        is_checked=is_checked,
        is_in_force=is_in_force(found.kind, found.outcome, is_ended=found.ended_at is not None),
        can_extend=can_extend(
            kind, found.due_on, is_extended=is_extended, is_closed=is_closed, today=today
        ),
        is_law=CLOCKS[kind].is_law,
        outcomes=[(each, OUTCOMES[each]) for each in ENDS[kind]],
        keeps_records=kind is Kind.RECORDS,
        next_step="" if is_closed else next_step(kind, is_checked=is_checked, releases=releases),
        not_given=_not_given(is_closed=is_closed, is_checked=is_checked),
    )


def _not_given(*, is_closed: bool, is_checked: bool) -> str:
    if is_closed:
        return "Nothing was handed over for this request."
    if not is_checked:
        return "First check who asks. Then you can note what was handed over."
    return "Note it under Hand over. It goes into the accounting of disclosures too."


def _facts(found: RecordsRequest, staff: Mapping[str, str]) -> list[tuple[str, str | None]]:
    checked = CHECKS.get(found.checked_how or "")
    said: list[tuple[str, str | None]] = [
        ("Received", long_day(found.received_on)),
        ("Answer by", long_day(found.due_on)),
        ("Who asks", ASKERS[found.asked_by]),
        ("Name and address", found.asker),
        ("What for", PURPOSES[found.purpose]),
        ("Wanted as", FORMS[found.form] if found.kind == Kind.RECORDS else None),
        ("Paid in full", "Yes: the insurer is not told" if found.is_paid_in_full else None),
        ("Identity", f"{checked}, {who_words(found.checked_by or '', staff)}" if checked else "Not checked yet"),
        ("Extended because", found.extension_why),
        ("Taken by", who_words(found.taken_by, staff)),
    ]  # fmt: skip
    return [each for each in said if each[1]]


def _answer(found: RecordsRequest, staff: Mapping[str, str]) -> list[tuple[str, str | None]]:
    if found.outcome is None:
        return []
    fee = f"${found.fee_cents / 100:,.2f}" if found.fee_cents else "None"
    said: list[tuple[str, str | None]] = [
        ("Answer", OUTCOMES[found.outcome]),
        ("Reason", DENIALS[found.denied_for] if found.denied_for else None),
        ("What the answer says", found.decision),
        ("Answered", long_day(found.answered_on) if found.answered_on else None),
        ("Fee", fee if found.kind == Kind.RECORDS else None),
        ("Closed by", who_words(found.closed_by or "", staff)),
    ]
    return [each for each in said if each[1]]


def history(steps: Sequence[RecordsRequestStep], staff: Mapping[str, str]) -> list[Step]:
    """The log, newest first."""
    tones = {"extended": "warn", "released": "info", "answered": "ok", "ended": "warn"}
    return [
        Step(
            title=ACTS[each.act],
            at=each.done_at,
            tone=tones.get(each.act, ""),
            text=". ".join(
                part
                for part in (
                    f"{long_day(each.day)}, {who_words(each.done_by, staff)}",
                    each.said or "",
                )
                if part
            ),
        )
        for each in reversed(steps)
    ]


def release_rows(releases: Sequence[RecordsRelease], staff: Mapping[str, str]) -> list[ReleaseRow]:
    """What was handed over."""
    return [
        ReleaseRow(
            released_on=each.released_on,
            recipient=each.recipient or "",
            what=each.what or "",
            how=HOW_GIVEN[each.how],
            by=who_words(each.released_by, staff),
        )
        for each in releases
    ]


def force_row(found: RecordsRequest) -> ForceRow:
    """What was agreed, in the words of the answer."""
    return ForceRow(
        id=found.id, kind=KINDS[Kind(found.kind)][0], decision=found.decision or found.what or ""
    )


def can_undo(found: RecordsRequest, *, by: str, at: datetime) -> bool:
    """Whether one may take back one's own answer."""
    return found.closed_at is not None and found.closed_by == by and at < found.closed_at + UNDO_FOR


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Choices of a field."""
    return [(str(code), said) for code, said in words.items()]
