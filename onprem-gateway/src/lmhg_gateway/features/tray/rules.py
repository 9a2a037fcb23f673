"""What may become of a paper: its states, where its pages are, and until when a step is taken back.

Pure. Pages are conserved by construction: every step says where each page goes, and none makes or drops one.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from lmhg_kit.errors import Conflict, Invalid

UNDO_FOR = timedelta(days=7)
"""How long a paper that was filed or set aside can come back, as long as a deleted document."""
FILES_MAX = 20
"""Files that come in at once."""
PARTS_MAX = 50
"""Papers that one becomes at once."""
PAGES_MAX = 500
"""Pages of one paper."""
BYTES_MAX = 64 * 1024 * 1024
"""Bytes of one file; a fax of two hundred pages has ten million."""


class State(StrEnum):
    """Where a paper is."""

    READING = "reading"
    """Its files are checked and drawn."""
    OPEN = "open"
    """It waits in the tray."""
    EMPTY = "empty"
    """Its pages went to other papers."""
    FILED = "filed"
    ASIDE = "aside"
    REFUSED = "refused"
    """None of its files could be taken."""
    GONE = "gone"
    """A file that could not be taken left the watched folder."""


LOOSE = frozenset({State.OPEN, State.EMPTY})
"""States in which pages come and go."""


class FileState(StrEnum):
    """Where a file is."""

    CHECKING = "checking"
    WAITING = "waiting"
    """It waits until the store answers."""
    STORED = "stored"
    REFUSED = "refused"
    GONE = "gone"
    REMOVED = "removed"
    """All that its pages were filed as was removed for good, so it is too."""


PENDING = frozenset({FileState.CHECKING, FileState.WAITING})
OVER = frozenset({FileState.REFUSED, FileState.GONE, FileState.REMOVED})
"""A file of which nothing is kept."""


class Source(StrEnum):
    """How a paper came."""

    UPLOAD = "upload"
    FOLDER = "folder"
    MAILBOX = "mailbox"


SOURCE_WORDS: Mapping[str, str] = {
    Source.UPLOAD: "Added by hand",
    Source.FOLDER: "Watched folder",
    Source.MAILBOX: "Email",
}
LYING_ELSEWHERE = frozenset({Source.FOLDER})
"""Sources whose refused files stay in the list until someone takes them away where they lie."""


class Aside(StrEnum):
    """Why a paper is not ours."""

    WRONG_NUMBER = "wrong_number"
    SPAM = "spam"
    TWICE = "twice"
    UNREADABLE = "unreadable"
    BLANK = "blank"


ASIDE_WORDS: Mapping[Aside, str] = {
    Aside.WRONG_NUMBER: "It was meant for someone else",
    Aside.SPAM: "It is advertising",
    Aside.TWICE: "It is here twice",
    Aside.UNREADABLE: "It can't be read",
    Aside.BLANK: "It is blank, or a cover sheet",
}


class Act(StrEnum):
    """What is done with a paper; the history says each."""

    CAME = "came"
    TURNED = "turned"
    SPLIT = "split"
    JOINED = "joined"
    MOVED = "moved"
    FILED = "filed"
    REFERRED = "referred"
    ASIDE = "set_aside"
    RETURNED = "returned"
    TOLD = "told"


class Spot(NamedTuple):
    """Where a page is: in which paper, at which place, turned by how much."""

    page_id: uuid.UUID
    paper_id: uuid.UUID
    place: int
    turn: int


def turned(spots: Sequence[Spot], page_id: uuid.UUID) -> list[Spot]:
    """One page a quarter turn further, clockwise. Raises: Conflict."""
    _check_there(spots, [page_id])
    return [
        each._replace(turn=(each.turn + 90) % 360) if each.page_id == page_id else each
        for each in spots
    ]


def split(
    spots: Sequence[Spot], starts: Sequence[uuid.UUID], new_ids: Sequence[uuid.UUID]
) -> list[Spot]:
    """One paper as several: each of these pages begins one, with the id that is next. Raises: Conflict, Invalid."""
    _check_there(spots, starts)
    begins = set(starts) - {spots[0].page_id}
    if not begins:
        said = "Check each page that begins another paper. The first page begins this one."
        raise Invalid("paper_split", fields={"starts": said})
    ids = iter(new_ids)
    paper_id, made = spots[0].paper_id, list[Spot]()
    for each in spots:
        if each.page_id in begins:
            paper_id = next(ids)
        made.append(each._replace(paper_id=paper_id))
    return numbered(made)


def joined(first: Sequence[Spot], others: Sequence[Sequence[Spot]]) -> list[Spot]:
    """Several papers as one: the others' pages behind the first one's. Raises: Invalid."""
    every = [*first, *(each for other in others for each in other)]
    if len(every) == len(first):
        raise Invalid("paper_join", fields={"papers": "Choose the papers that belong to this one."})
    if len(every) > PAGES_MAX:
        said = f"A paper may have {PAGES_MAX} pages. Choose fewer."
        raise Invalid("paper_join", fields={"papers": said})
    return numbered([each._replace(paper_id=first[0].paper_id) for each in every])


def moved(spots: Sequence[Spot], page_id: uuid.UUID, *, by: int) -> list[Spot]:
    """One page so many places later, or earlier; at an end it stays. Raises: Conflict."""
    _check_there(spots, [page_id])
    order = list(spots)
    at = next(n for n, each in enumerate(order) if each.page_id == page_id)
    page = order.pop(at)
    order.insert(min(max(at + by, 0), len(order)), page)
    return numbered(order)


def numbered(spots: Sequence[Spot]) -> list[Spot]:
    """The same pages, each with its place in its paper."""
    counts: dict[uuid.UUID, int] = {}
    made: list[Spot] = []
    for each in spots:
        counts[each.paper_id] = counts.get(each.paper_id, 0) + 1
        made.append(each._replace(place=counts[each.paper_id]))
    return made


def changed(before: Sequence[Spot], after: Sequence[Spot]) -> tuple[list[Spot], list[Spot]]:
    """Of the pages that a step moves or turns: where they were, and where they are."""
    was = {each.page_id: each for each in before}
    now = [each for each in after if was[each.page_id] != each]
    return [was[each.page_id] for each in now], now


def check_undo(now: Sequence[Spot], *, before: Sequence[Spot], after: Sequence[Spot]) -> None:
    """Accept that a step is taken back. Raises: Conflict.

    `now` are all pages of the papers that it was about: those that it moved are where it left them, and back
    where they were they fill the gaps that they left, and no place twice.
    """
    if not set(after) <= set(now):
        raise Conflict("paper_changed")
    put = {each.page_id: each for each in (*now, *before)}
    order = sorted(put.values(), key=lambda each: (each.paper_id, each.place))
    if order != numbered(order):
        raise Conflict("paper_changed")


def check_loose(state: str) -> None:
    """Accept a change of a paper that is in the tray. Raises: Conflict."""
    if state not in LOOSE:
        raise Conflict("paper_closed")


def check_open(state: str) -> None:
    """Accept a step with a paper that waits in the tray, with its pages. Raises: Conflict."""
    if state != State.OPEN:
        raise Conflict("paper_closed")


def back_until(closed_at: datetime) -> datetime:
    """Until when a paper comes back to the tray."""
    return closed_at + UNDO_FOR


def check_return(state: str, closed_at: datetime | None, *, at: datetime) -> None:
    """Accept that a paper comes back to the tray. Raises: Conflict."""
    if state not in {State.FILED, State.ASIDE} or closed_at is None:
        raise Conflict("paper_here")
    if at >= back_until(closed_at):
        raise Conflict("paper_late")


def _check_there(spots: Sequence[Spot], page_ids: Sequence[uuid.UUID]) -> None:
    if not set(page_ids) <= {each.page_id for each in spots}:
        raise Conflict("paper_changed")


def arrangement(spots: Sequence[Spot]) -> str:
    """What tells one arrangement of a paper's pages from every other."""
    said = "|".join(f"{each.page_id}.{each.turn}" for each in spots)
    return hashlib.sha256(said.encode()).hexdigest()


def packed(spots: Sequence[Spot]) -> list[list[str | int]]:
    """Places of pages as a step keeps them."""
    return [[str(each.page_id), str(each.paper_id), each.place, each.turn] for each in spots]


def unpacked(rows: Sequence[Sequence[str | int]]) -> list[Spot]:
    """Places of pages that a step kept."""
    return [
        Spot(uuid.UUID(str(page)), uuid.UUID(str(paper)), int(place), int(turn))
        for page, paper, place, turn in rows
    ]
