"""Documents as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.documents.file_types import SAID, TYPES
from lmhg_gateway.features.documents.models import (
    Document,
    DocumentHold,
    DocumentStep,
    DocumentVersion,
)
from lmhg_gateway.features.documents.rules import (
    LABELS,
    PENDING,
    REASON_WORDS,
    Act,
    State,
    Why,
    restorable_until,
)
from lmhg_kit.ui.coded import words

STATE_WORDS: Mapping[str, tuple[str, str]] = {
    State.CHECKING: ("Being checked", "info"),
    State.WAITING: ("Waiting for the store", "warn"),
    State.STORED: ("Stored", "ok"),
    State.REFUSED: ("Not taken", "bad"),
    State.REMOVED: ("Removed", ""),
}
ACT_WORDS: Mapping[str, str] = {
    Act.ADDED: "Added",
    Act.VERSION: "New version added",
    Act.CHANGED: "Details changed",
    Act.STORED: "Checked and stored",
    Act.REFUSED: "File not taken",
    Act.HELD: "Legal hold placed",
    Act.RELEASED: "Legal hold ended",
    Act.DELETED: "Deleted",
    Act.RESTORED: "Brought back",
    Act.REMOVED: "Files removed",
}
_TONES: Mapping[str, str] = {
    Act.STORED: "ok",
    Act.REFUSED: "bad",
    Act.DELETED: "warn",
    Act.HELD: "warn",
}


class DocumentRow(msgspec.Struct, frozen=True):
    """One document in a section of a page."""

    id: uuid.UUID
    name: str
    label: str
    type: str
    size: str
    added_at: datetime
    state: str
    state_tone: str
    number: int
    is_deleted: bool
    is_stored: bool


@dataclass(frozen=True)
class VersionRow:
    """One version on a document's page."""

    number: int
    type: str
    size: str
    added_at: datetime
    added_by: str
    state: str
    state_tone: str
    refused: str
    is_stored: bool
    is_pending: bool
    is_waiting: bool
    redrawn: str
    file_name: str


@dataclass(frozen=True)
class Held:
    """The hold that a document is under."""

    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """One entry of the history."""

    title: str
    at: datetime
    tone: str
    text: str


@dataclass(frozen=True)
class Card:
    """The head of a document's page."""

    id: uuid.UUID
    client_id: uuid.UUID
    referral_id: uuid.UUID | None
    name: str
    label: str
    retain_until: date | None
    deleted_why: str
    back_until: datetime | None


def size_words(size: int | None) -> str:
    """A size as people say it."""
    if size is None:
        return "—"
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def row_of(document: Document, version: DocumentVersion) -> DocumentRow:
    """A document with its newest version."""
    said, tone = STATE_WORDS[version.state]
    is_deleted = document.deleted_at is not None
    return DocumentRow(
        id=document.id,
        name=document.name or "",
        label=words(document.label),
        type=TYPES[version.kind].title,
        size=size_words(version.size),
        added_at=version.added_at,
        state="Deleted" if is_deleted else said,
        state_tone="bad" if is_deleted else tone,
        number=version.number,
        is_deleted=is_deleted,
        is_stored=version.state == State.STORED,
    )


def card(document: Document) -> Card:
    """What is said of a document."""
    why = document.deleted_why
    return Card(
        id=document.id,
        client_id=document.client_id,
        referral_id=document.referral_id,
        name=document.name or "",
        label=words(document.label),
        retain_until=document.retain_until,
        deleted_why=REASON_WORDS[Why(why)] if why else "",
        back_until=restorable_until(document.deleted_at) if document.deleted_at else None,
    )


def version_rows(versions: Iterable[DocumentVersion], names: Mapping[str, str]) -> list[VersionRow]:
    """The versions of a document, newest first."""
    return [
        VersionRow(
            number=each.number,
            type=TYPES[each.kind].title,
            size=size_words(each.size),
            added_at=each.added_at,
            added_by=names.get(each.added_by, "A connected app"),
            state=STATE_WORDS[each.state][0],
            state_tone=STATE_WORDS[each.state][1],
            refused=SAID[each.refused_why] if each.refused_why else "",
            is_stored=each.state == State.STORED,
            is_pending=each.state in PENDING,
            is_waiting=each.state == State.WAITING,
            redrawn=_redrawn(each),
            file_name=each.file_name or "",
        )
        for each in versions
    ]


def _redrawn(version: DocumentVersion) -> str:
    if not version.was_redrawn:
        return ""
    turned = "Converted from HEIC to JPEG. " if version.kind == "heic" else ""
    return turned + "Place and camera details were taken out."


def held(hold: DocumentHold | None, names: Mapping[str, str]) -> Held | None:
    """Who holds a document, and why."""
    if hold is None:
        return None
    return Held(hold.why or "", names.get(hold.placed_by, ""), hold.placed_at)


def history(steps: Sequence[DocumentStep], names: Mapping[str, str]) -> list[Step]:
    """What was done with a document, newest first."""
    return [
        Step(
            title=ACT_WORDS[each.act],
            at=each.done_at,
            tone=_TONES.get(each.act, ""),
            text=" · ".join(filter(None, (_which(each), _why(each), names.get(each.done_by, "")))),
        )
        for each in steps
    ]


def _which(step: DocumentStep) -> str:
    return f"Version {step.version_number}" if step.version_number else ""


def _why(step: DocumentStep) -> str:
    if not step.why:
        return ""
    return SAID.get(step.why) or REASON_WORDS[Why(step.why)]


def label_options() -> list[tuple[str, str]]:
    """The labels as the options of a select; none is chosen before someone does."""
    return [("", "Choose one"), *((code, words(code)) for code in LABELS)]


def why_options() -> list[tuple[str, str]]:
    """Why a document is deleted."""
    return [(each.value, REASON_WORDS[each]) for each in Why]
