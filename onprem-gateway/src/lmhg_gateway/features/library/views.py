"""The library as pages show it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.documents.public import SAID, TYPES, size_words
from lmhg_gateway.features.holds.public import held_rule
from lmhg_gateway.features.library.models import DocumentRef, SharedFile, SharedPage
from lmhg_gateway.features.library.rules import CATEGORIES, PENDING, State
from lmhg_kit.ui.coded import words

FORMER = "A colleague"
FILE_STATES: Mapping[str, tuple[str, str]] = {
    State.CHECKING: ("Being checked", "info"),
    State.WAITING: ("Waiting for the store", "warn"),
    State.REFUSED: ("Not taken", "bad"),
}
"""Words of a file that cannot be shared yet; a stored one is as far as its approval is."""


@dataclass(frozen=True)
class DocumentRow:
    """One version of a document, in a list or on its page."""

    id: uuid.UUID
    title: str
    category: str
    revision: int
    type: str
    size: str
    file_name: str
    author: str
    author_id: str
    added_at: datetime
    version: int
    sha256: str
    state: str
    state_tone: str
    is_pending: bool
    is_stored: bool
    is_shared: bool


@dataclass(frozen=True)
class Found:
    """One thing that the look at a file found: which kind of thing, and where; never the match."""

    meaning: str
    place: str


@dataclass(frozen=True)
class Look:
    """What is known of a file before it is shared."""

    refused: str
    is_checked: bool
    is_whole: bool
    found: Sequence[Found]
    pages: Sequence[tuple[int, str]]

    @property
    def is_ready(self) -> bool:
        """Whether it may be asked for."""
        return self.is_checked and not self.found and not self.refused


def row(
    record: DocumentRef,
    file: SharedFile | None,
    way: tuple[str, str],
    names: Mapping[str, str],
) -> DocumentRow:
    """A version with how far it is."""
    state, tone = state_of(file, way)
    return DocumentRow(
        id=record.id,
        title=record.title,
        category=words(record.category),
        revision=record.revision,
        type=TYPES[file.kind].title if file else "",
        size=size_words(record.size),
        file_name=record.file_name,
        author=names.get(str(record.author_id), FORMER),
        author_id=str(record.author_id),
        added_at=record.published_at,
        version=record.version,
        sha256=record.sha256 or "",
        state=state,
        state_tone=tone,
        is_pending=file is not None and (file.state in PENDING or _is_unlooked(file)),
        is_stored=file is not None and file.state == State.STORED,
        is_shared=record.hipaa_exempt,
    )


def _is_unlooked(file: SharedFile) -> bool:
    return file.state == State.STORED and file.looked_at is None


def state_of(file: SharedFile | None, way: tuple[str, str]) -> tuple[str, str]:
    """Where a version is: its file first, then what was found in it, then its approval."""
    if file is None:
        return way
    if file.state in FILE_STATES:
        return FILE_STATES[file.state]
    if file.looked_at is None:
        return FILE_STATES[State.CHECKING]
    if file.found:
        return "May name a client", "bad"
    return way


def rows(
    found: Iterable[DocumentRef],
    files: Mapping[uuid.UUID, SharedFile],
    ways: Mapping[uuid.UUID, tuple[str, str]],
    names: Mapping[str, str],
) -> list[DocumentRow]:
    """The list's rows."""
    return [row(each, files.get(each.id), ways[each.id], names) for each in found]


def look_of(file: SharedFile, pages: Iterable[SharedPage]) -> Look:
    """What is known of a file, for those who decide."""
    return Look(
        refused=SAID[file.refused_why] if file.refused_why else "",
        is_checked=file.looked_at is not None,
        is_whole=file.is_whole,
        found=[
            Found(
                held_rule(each["rule"]).meaning,
                f"part {page}" if (page := each["page"]) else "file",
            )
            for each in file.found
        ],
        pages=[(each.number, each.said or "") for each in pages],
    )


def category_options() -> list[tuple[str, str]]:
    """The categories as the options of a select; none is chosen before someone does."""
    return [("", "Choose one"), *((code, words(code)) for code in CATEGORIES)]
