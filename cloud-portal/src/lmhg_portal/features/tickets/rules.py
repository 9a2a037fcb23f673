"""What a ticket may become. Pure."""

from collections.abc import Mapping
from enum import StrEnum


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

CATEGORIES = ("account", "computer", "phone", "building", "training", "other")
URGENCIES = ("low", "normal", "high")
MOVED = "Moved to the office"
MOVED_BODY = "This text named a client. It was moved to the office, where staff can read it in the workspace."


def can_move(state: str, to: str) -> bool:
    """Whether a ticket may go from one state to another."""
    return State(to) in MOVES[State(state)]


def state_after_message(state: str, *, by_support: bool) -> str:
    """An answer opens a new ticket for support; a word from its author reopens a waiting one."""
    if by_support:
        return State.OPEN if state == State.NEW else state
    return State.OPEN if state in {State.WAITING, State.RESOLVED} else state
