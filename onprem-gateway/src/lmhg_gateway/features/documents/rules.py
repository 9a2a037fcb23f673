"""What may become of a document: labels, keeping, holds, deletion and its way back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from lmhg_kit.errors import Conflict, Invalid, Unreadable
from lmhg_kit.http.door import LAST_DAY

LABELS = (
    "referral_letter", "records", "assessment", "consent", "release", "insurance_card", "photo_id",
    "court_paper", "school_paper", "correspondence", "estimate", "other",
)  # fmt: skip
"""What a document is, as the practice sorts them."""

UNDO_FOR = timedelta(days=7)
"""How long a deleted document can be brought back; its files are there until then."""
VERSIONS_MAX = 200


class State(StrEnum):
    """Where the file of a version is."""

    CHECKING = "checking"
    """It arrived, and is checked and stored."""
    WAITING = "waiting"
    """It arrived, and waits until the store answers."""
    STORED = "stored"
    REFUSED = "refused"
    REMOVED = "removed"


PENDING = frozenset({State.CHECKING, State.WAITING})
OVER = frozenset({State.REFUSED, State.REMOVED})
"""A version of which no file is kept."""


class Why(StrEnum):
    """Why a document is deleted."""

    WRONG_CLIENT = "wrong_client"
    DUPLICATE = "duplicate_file"
    UNREADABLE = "unreadable_file"
    KEPT_LONG_ENOUGH = "kept_long_enough"


MISTAKES = frozenset({Why.WRONG_CLIENT, Why.DUPLICATE, Why.UNREADABLE})
"""A document that is here by mistake need not be kept as long as one that belongs here."""


class Act(StrEnum):
    """What is done with a document; the history says each."""

    ADDED = "added"
    VERSION = "new_version"
    CHANGED = "details_changed"
    STORED = "file_stored"
    REFUSED = "file_refused"
    HELD = "held"
    RELEASED = "hold_lifted"
    DELETED = "deleted"
    RESTORED = "brought_back"
    REMOVED = "files_removed"


UNTOUCHED = frozenset({Act.ADDED, Act.STORED, Act.REFUSED})
"""What is done with a document that nobody did anything with since it was added."""


def check_retain(until: date | None, *, today: date) -> None:
    """Accept a day until which to keep a document: today or later. Raises: Invalid."""
    if until is not None and not today <= until <= LAST_DAY:
        raise Invalid(
            "retain_until",
            fields={"retain_until": f"Write a date from today to {LAST_DAY.year}."},
        )


def check_delete(*, why: Why, held: bool, retain_until: date | None, today: date) -> None:
    """Accept a deletion. A held document is never deleted. Raises: Conflict, Invalid."""
    if held:
        raise Conflict("document_held")
    if why in MISTAKES:
        return
    if retain_until is None or retain_until >= today:
        said = (
            "Its day to keep it until is not over. Choose another reason, or change that day first."
        )
        raise Invalid("document_kept", fields={"why": said})


def restorable_until(deleted_at: datetime) -> datetime:
    """Until when a deleted document can be brought back."""
    return deleted_at + UNDO_FOR


def check_restore(deleted_at: datetime | None, *, at: datetime) -> None:
    """Accept that a deleted document comes back. Raises: Conflict."""
    if deleted_at is None:
        raise Conflict("document_there")
    if at >= restorable_until(deleted_at):
        raise Conflict("document_gone")


def check_changeable(deleted_at: datetime | None) -> None:
    """Accept a change of a document that is there. Raises: Conflict."""
    if deleted_at is not None:
        raise Conflict("document_deleted")


def next_number(newest: int) -> int:
    """The number of the next version. Raises: Conflict."""
    if newest >= VERSIONS_MAX:
        raise Conflict("document_versions")
    return newest + 1


def range_in(header: str, *, size: int) -> tuple[int, int] | None:
    """The one range of bytes that is asked for; None for all. Raises: Unreadable for one that is not there."""
    unit, _, spec = header.strip().partition("=")
    if unit.lower() != "bytes" or "," in spec or "-" not in spec:
        return None
    start, _, end = (part.strip() for part in spec.partition("-"))
    if not (start + end).isascii() or not (start + end).isdigit():
        return None
    if not start:
        first, last = max(0, size - int(end)), size - 1
        is_empty = int(end) == 0
    else:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
        is_empty = bool(end) and int(end) < first
    if is_empty and start:
        return None
    if is_empty or first >= size:
        raise Unreadable("range")
    return first, last


REASON_WORDS: Mapping[Why, str] = {
    Why.WRONG_CLIENT: "It belongs to someone else",
    Why.DUPLICATE: "It is here twice",
    Why.UNREADABLE: "It can't be read",
    Why.KEPT_LONG_ENOUGH: "It was kept long enough",
}
