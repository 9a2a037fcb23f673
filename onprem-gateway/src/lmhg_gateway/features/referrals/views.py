"""Referrals as pages show them."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.clients.public import Payer, Reach, payer_text
from lmhg_gateway.features.contacts.public import (
    OUTCOMES,
    ContactAttempt,
    attempt_rows,
    result_words,
)
from lmhg_gateway.features.referrals.models import Referral, ReferralEdit, ReferralMove
from lmhg_gateway.features.referrals.next_step_rules import Waits
from lmhg_gateway.features.referrals.rules import (
    EXITS,
    OPEN_STATES,
    SECOND_REASONS,
    Reason,
    State,
    moves_from,
)
from lmhg_gateway.features.work_list.public import WorkItem, due_words
from lmhg_gateway.web.points import WorkStep
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import dialed, long_day, phone

NAMELESS = "(no name on file)"
URGENCY_TONES = {"urgent": "bad", "soon": "warn", "routine": ""}


class Section(NamedTuple):
    """What another feature shows on a referral's page."""

    template: str
    rows: Sequence[Any]


class ReferralRow(msgspec.Struct, frozen=True):
    """One referral in a list or on the board."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    state: str
    urgency: str
    urgency_tone: str
    concern_code: str
    received_on: date
    waiting_days: int
    phone: str = ""


@dataclass(frozen=True)
class Lane:
    """One column of the board."""

    state: str
    total: int
    rows: list[ReferralRow]


@dataclass(frozen=True)
class Step:
    """One entry of the timeline."""

    title: str
    at: datetime
    tone: str
    text: str


@dataclass(frozen=True)
class MoveChoice:
    """One step that may be taken now, with the reasons to choose from."""

    to: str
    is_exit: bool
    reasons: list[tuple[str, str]]


def row_of(referral: Referral, client: str, *, at: datetime, phone: str = "") -> ReferralRow:
    """A referral with its client's name, and the number to call."""
    return ReferralRow(
        id=referral.id,
        client_id=referral.client_id,
        client=client,
        state=referral.state,
        urgency=referral.urgency,
        urgency_tone=URGENCY_TONES.get(referral.urgency, ""),
        concern_code=referral.concern_code,
        received_on=referral.received_on,
        waiting_days=(at - referral.state_at).days,
        phone=phone,
    )


def board(rows: Sequence[ReferralRow], *, counts: Mapping[str, int]) -> list[Lane]:
    """The open states as columns."""
    return [
        Lane(state.value, counts.get(state.value, 0), [r for r in rows if r.state == state])
        for state in OPEN_STATES
    ]


def payer_said(referral: Referral) -> str:
    """Who pays, in words, with the plan's name."""
    payer = Payer(referral.payer, referral.payer_name or "")
    return payer_text(payer) or words(referral.payer)


def history(
    moves: Sequence[ReferralMove],
    edits: Sequence[ReferralEdit],
    attempts: Sequence[ContactAttempt],
    names: Mapping[str, str],
) -> list[Step]:
    """The way of a referral so far, its edits, and every try to reach the person, newest first."""
    steps = [
        Step(
            title=words(move.to_state),
            at=move.moved_at,
            tone="ok" if State(move.to_state) not in EXITS else "warn",
            text=" · ".join(
                part for part in (_why(move.reason or ""), names.get(move.moved_by, "")) if part
            ),
        )
        for move in moves
    ]
    tries = [
        Step(title=each.title, at=each.at, tone=each.tone, text=each.text)
        for each in attempt_rows(attempts, names)
    ]
    changes = [
        Step(
            title="Details changed",
            at=each.edited_at,
            tone="",
            text=" · ".join(filter(None, (_fields(each.fields), names.get(each.edited_by, "")))),
        )
        for each in edits
    ]
    return sorted([*reversed(steps), *changes, *tries], key=lambda each: each.at, reverse=True)


FIELD_WORDS: Mapping[str, str] = {
    "received_on": "Received on",
    "source_category": "Referred by",
    "source": "Name of the person or place",
    "channel": "How it arrived",
    "concern_code": "Concern",
    "concern": "In their words",
    "urgency": "Urgency",
    "payer": "Payer",
    "payer_name": "Plan or insurer",
    "may_contact": "We may contact the person",
    "may_report_back": "We may tell the referrer how it went",
}
"""The fields of a referral, as its form calls them."""


def _fields(names: Sequence[str]) -> str:
    return ", ".join(FIELD_WORDS[each] for each in names)


@dataclass(frozen=True)
class Due:
    """The next action on a referral, and until when."""

    label: str
    said: str
    tone: str


def due(
    item: WorkItem | None, steps: Sequence[WorkStep], *, at: datetime, zone: ZoneInfo
) -> Due | None:
    """What is to be done next, in words; None where nothing is owed."""
    if item is None:
        return None
    label = next(step.label for step in steps if step.code == item.step)
    return Due(label, *due_words(item.due_at, at=at, zone=zone))


@dataclass(frozen=True)
class Way:
    """One number or address of the person: how it may be used, and where it leads."""

    name: str
    said: str
    href: str
    hint: str
    is_wrong: bool


def ways(reach: Reach, wrong: Collection[str]) -> list[Way]:
    """The person's numbers and addresses, with what they allow; one that was wrong says so."""
    no_voicemail = "" if reach.may_voicemail else "Do not leave a voicemail"
    no_text = "" if reach.may_text else "Do not text"
    calls = [
        Way(
            name, phone(number), f"tel:{dialed(number)}",
            " · ".join(filter(None, hints)), number in wrong,
        )
        for name, number, hints in (
            ("Mobile", reach.mobile, (no_voicemail, no_text)),
            ("Phone", reach.phone if reach.phone != reach.mobile else "", (no_voicemail,)),
        )
        if number
    ]  # fmt: skip
    email = Way(
        "Email", reach.email, f"mailto:{reach.email}" if reach.may_email else "",
        "" if reach.may_email else "Do not email", is_wrong=False,
    )  # fmt: skip
    letter = Way(
        "Letter", reach.address, "", "" if reach.may_mail else "Do not send letters", is_wrong=False
    )
    return [*calls, *(each for each in (email, letter) if each.said)]


RESULT_OPTIONS: Sequence[tuple[str, str]] = (
    ("", "Choose one"),
    *((value, result_words(*pair)) for value, pair in OUTCOMES.items()),
)
"""What may come of each way of contact, for the form."""


def _why(code: str) -> str:
    return SECOND_REASONS.get(code) or words(code)


def choices(state: str) -> list[MoveChoice]:
    """What may be done with a referral now."""
    return [
        MoveChoice(to.value, to in EXITS, [_option(reason) for reason in reasons])
        for to, reasons in moves_from(State(state)).items()
    ]


def _option(reason: Reason) -> tuple[str, str]:
    return reason.value, words(reason.value)


def options(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes as the options of a select; none is chosen before someone does."""
    return [("", "Choose one"), *((code, words(code)) for code in codes)]


def waits_for(referral: Referral) -> str:
    """What a referral waits for in the state that it is in, of what is noted here; a step ends the wait."""
    is_over = referral.waits_since is not None and referral.waits_since < referral.state_at
    is_elsewhere = referral.waits_for == Waits.FREED_TIME
    return "" if is_over or is_elsewhere else referral.waits_for or ""


def facts(referral: Referral, staff: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """What is known of a referral, for its page."""
    return [
        ("Received", long_day(referral.received_on)),
        ("Channel", words(referral.channel)),
        ("Source", " · ".join(filter(None, (words(referral.source_category), referral.source)))),
        ("Concern", words(referral.concern_code)),
        ("Payer", payer_said(referral)),
        ("May we contact", "Yes" if referral.may_contact else "Not said"),
        ("May we report back", "Yes" if referral.may_report_back else "Not said"),
        ("Took the call", staff.get(str(referral.taken_by)) if referral.taken_by else None),
    ]
