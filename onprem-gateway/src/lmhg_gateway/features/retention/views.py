"""Retention as pages show it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from lmhg_gateway.features.documents.public import Document, DocumentHold
from lmhg_gateway.features.referrals.public import Referral
from lmhg_gateway.features.retention.models import (
    DisposalBatch,
    DisposalCount,
    DisposalItem,
    LegalHold,
    RetentionChange,
)
from lmhg_gateway.features.retention.rules import (
    HELD_WHY,
    ITEM_STATES,
    LEFT_OUT,
    NOT_DUE,
    STATES,
    ItemState,
    Outcome,
    State,
)
from lmhg_gateway.features.retention.service import Scheduled
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day

OUTCOMES: Mapping[str, tuple[str, str]] = {
    Outcome.OPEN: ("Waiting for approval", "warn"),
    Outcome.APPROVED: ("Approved", "ok"),
    Outcome.DECLINED: ("Declined", ""),
    Outcome.DROPPED: ("Canceled", ""),
}


WHY_WORDS: Mapping[str, str] = {**LEFT_OUT, **NOT_DUE, HELD_WHY: "It is on legal hold"}
"""Why a record stays, in words."""


class LineRow(NamedTuple):
    """One line of the schedule."""

    code: str
    title: str
    clock: str
    years: str
    tone: str
    note: str
    least: int
    is_settable: bool


class ChangeRow(NamedTuple):
    """One change of the schedule."""

    id: uuid.UUID
    title: str
    years: int
    why: str
    asked: str
    asked_at: datetime
    is_own: bool
    state: str
    tone: str
    decided: str
    decided_at: datetime | None


class HoldRow(NamedTuple):
    """One hold that lasts: on a client, a referral, a document, or everything."""

    id: uuid.UUID | None
    about: str
    href: str
    why: str
    placed: str
    placed_at: datetime


class BatchRow(NamedTuple):
    """One batch."""

    id: uuid.UUID
    state: str
    tone: str
    proposed_at: datetime
    records: int
    gone: int
    asked: str
    asked_at: datetime | None
    decided: str
    decided_at: datetime | None
    done_at: datetime | None
    why: str
    messages_before: datetime | None


class ItemRow(NamedTuple):
    """One record of a batch."""

    id: uuid.UUID
    name: str
    client_id: uuid.UUID | None
    line: str
    last_at: datetime | None
    due_on: date | None
    from_birthday: bool
    state: str
    tone: str
    note: str
    is_listed: bool
    in_intakeq: bool


def line_row(each: Scheduled) -> LineRow:
    """One line, with what is so until the practice says something."""
    line = each.line
    if not line.is_settable:
        years, tone = line.after, ""
    elif each.years is None:
        years, tone = "Not set: kept for now", "warn"
    else:
        years, tone = count_of(each.years, "year"), "ok" if each.is_set else ""
    note = line.after if line.is_settable else ""
    return LineRow(
        line.code, line.title, line.clock, years, tone, note, max(line.least, 1), line.is_settable
    )


def change_row(
    each: RetentionChange, titles: Mapping[str, str], names: Mapping[str, str], *, me: str
) -> ChangeRow:
    """One change with who asked and who decided."""
    state, tone = OUTCOMES[each.outcome]
    return ChangeRow(
        id=each.id,
        title=titles.get(each.code, each.code),
        years=each.years,
        why=each.why or "",
        asked=who_words(str(each.asked_by), names),
        asked_at=each.asked_at,
        is_own=str(each.asked_by) == me,
        state=state,
        tone=tone,
        decided=who_words(str(each.decided_by), names) if each.decided_by else "",
        decided_at=each.decided_at,
    )


def hold_row(
    each: LegalHold, clients: Mapping[uuid.UUID, str], names: Mapping[str, str]
) -> HoldRow:
    """One hold of a client, one of their referrals, or everything."""
    about, href = "Everything", ""
    if each.client_id is not None:
        about, href = clients.get(each.client_id, ""), f"/clients/{each.client_id}/hold"
        if each.referral_id is not None:
            about = f"{about} (a referral)"
    placed = who_words(each.placed_by, names)
    return HoldRow(each.id, about, href, each.why or "", placed, each.placed_at)


def paper_row(
    document: Document,
    hold: DocumentHold,
    clients: Mapping[uuid.UUID, str],
    names: Mapping[str, str],
) -> HoldRow:
    """One hold on a document, which is ended on the document's page."""
    about = f"{clients.get(document.client_id, '')}: {document.name}"
    placed = who_words(hold.placed_by, names)
    return HoldRow(None, about, f"/documents/{document.id}", hold.why or "", placed, hold.placed_at)


def hold_choices(referrals: Sequence[Referral]) -> list[tuple[str, str]]:
    """What of a client can be held: all of it, or one referral."""
    ones = [
        (
            str(each.id),
            f"Only the referral of {long_day(each.received_on)} ({words(each.state).lower()})",
        )
        for each in referrals
    ]
    return [("", "Everything of this client"), *ones]


def batch_row(
    each: DisposalBatch, counts: Mapping[tuple[uuid.UUID, str], int], names: Mapping[str, str]
) -> BatchRow:
    """One batch with how many records it has and had."""
    state, tone = STATES[State(each.state)]
    own = {name: count for (batch_id, name), count in counts.items() if batch_id == each.id}
    return BatchRow(
        id=each.id,
        state=state,
        tone=tone,
        proposed_at=each.proposed_at,
        records=sum(own.values()) - own.get(ItemState.LEFT_OUT.value, 0),
        gone=own.get(ItemState.DONE.value, 0) + own.get(ItemState.ROWS_GONE.value, 0),
        asked=each.asked_name or (who_words(str(each.asked_by), names) if each.asked_by else ""),
        asked_at=each.asked_at,
        decided=each.decided_name or "",
        decided_at=each.decided_at,
        done_at=each.done_at,
        why=each.why or "",
        messages_before=each.messages_before,
    )


def item_row(
    each: DisposalItem,
    clients: Mapping[uuid.UUID, str],
    titles: Mapping[str, str],
    *,
    in_intakeq: frozenset[uuid.UUID],
) -> ItemRow:
    """One record; of one that is gone there is nothing left to say but its hash."""
    state, tone = ITEM_STATES[ItemState(each.state)]
    name = clients.get(each.client_id, "") if each.client_id else "A record that is gone"
    note = why_words(each.left_out_why) if each.left_out_why else ""
    return ItemRow(
        id=each.id,
        name=name,
        client_id=each.client_id,
        line=f"{titles.get(each.line, each.line)}, {count_of(each.years, 'year')}",
        last_at=each.last_at,
        due_on=each.due_on,
        from_birthday=bool(each.from_birthday),
        state=state,
        tone=tone,
        note=note,
        is_listed=each.state == ItemState.LISTED,
        in_intakeq=each.client_id in in_intakeq,
    )


def why_words(code: str) -> str:
    """Why a record was left out, by a person or by what is so now."""
    return WHY_WORDS.get(code, "")


def rows_words(counts: Sequence[DisposalCount]) -> list[tuple[str, int]]:
    """How many rows of which table are gone."""
    return [(each.kind.replace("_", " "), each.rows) for each in counts]
