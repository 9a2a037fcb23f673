"""What a ticket may become. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from lmhg_kit.errors import Invalid
from lmhg_kit.plain_marks import SENTENCES, mark_in


class State(StrEnum):
    """Where a ticket is."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


MOVES: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.OPEN, State.WAITING, State.RESOLVED, State.CLOSED}),
    State.OPEN: frozenset({State.WAITING, State.RESOLVED, State.CLOSED}),
    State.WAITING: frozenset({State.OPEN, State.RESOLVED, State.CLOSED}),
    State.RESOLVED: frozenset({State.OPEN, State.CLOSED}),
    State.CLOSED: frozenset({State.OPEN}),
}

UNDO_FOR = timedelta(minutes=10)
"""How long a step can be taken back."""
REOPENED = "Opened again."
"""What the asker says by opening a resolved ticket again: support hears of it like of any reply."""
CATEGORIES = ("account", "computer", "phone", "building", "training", "other")
URGENCIES = ("low", "normal", "high")
MOVED = "Moved to the office"
MOVED_BODY = "This text named a client. It was moved to the office, where staff can read it in the workspace."


def check_plain(texts: Mapping[str, str], *, is_not_client: bool) -> None:
    """Accept texts without marks of a person. Raises: Invalid with a sentence for each field.

    A phone may be a shop's: its writer can say so. Nothing else may be there whosever it is.
    """
    found: dict[str, str] = {}
    for name, text in texts.items():
        mark = mark_in(text)
        if mark == "phone" and is_not_client:
            continue
        if mark == "phone":
            found[name] = (
                f"{SENTENCES[mark]} Take it out if it is a client's, or say below that it is not."
            )
        elif mark:
            found[name] = (
                f"{SENTENCES[mark]} Take it out: nothing about a client may be written here."
            )
    if found:
        raise Invalid("marks_a_person", fields=found)


def can_move(state: str, to: str) -> bool:
    """Whether a ticket may go from one state to another."""
    return State(to) in MOVES[State(state)]


def state_after_message(state: str, *, by_support: bool) -> str:
    """An answer opens a new ticket for support; a word from its author reopens a waiting one."""
    if by_support:
        return State.OPEN if state == State.NEW else state
    return State.OPEN if state in {State.WAITING, State.RESOLVED} else state
