"""What a row of the work list says, and what comes first. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Urgency(StrEnum):
    """How urgent it is for the person. Someone at risk or urgent comes first; a mark, otherwise."""

    RISK = "risk"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


RANKS: Mapping[Urgency, int] = {
    Urgency.RISK: 0,
    Urgency.URGENT: 1,
    Urgency.SOON: 2,
    Urgency.ROUTINE: 2,
}
"""What comes first on the list; within a rank, what is due first."""


class Next(Struct, frozen=True, kw_only=True):
    """The next action on a subject, as its feature decides it.

    `since`: since when it waits. `due_at`: until when it should be done, where it has a time.
    `changes_at`: when time alone may make it another one.
    """

    step: str
    urgency: Urgency
    since: datetime
    due_at: datetime | None = None
    changes_at: datetime | None = None
    last_at: datetime | None = None
    last_words: str = ""


CALL_BACKS = "call_backs"
LANES: Mapping[str, str] = {
    "risk": "Risk answers",
    "first_calls": "First calls",
    CALL_BACKS: "Call-backs",
    "paperwork": "Paperwork",
    "insurance": "Insurance",
    "decide": "To decide",
    "waitlist": "Waitlist",
    "offers": "Offers",
    "booked": "Booked",
    "visits": "Visits",
    "finish": "To finish",
    "requests": "Requests",
}
"""The lanes of the work list in their order; a step names one of them."""
LATE, TODAY, URGENT = "late", "today", "urgent"
VIEWS: Sequence[tuple[str, str]] = (
    ("", "Everything"),
    (LATE, "Late"),
    (TODAY, "Due today"),
    (URGENT, "Urgent"),
    *LANES.items(),
)
"""What the list can be narrowed to."""
