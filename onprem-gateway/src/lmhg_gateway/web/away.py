"""Points about colleagues who are away: who is, and whose rows go to whom meanwhile."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


class AwaySpan(NamedTuple):
    """That a colleague is away: the first day and the last one, None where they leave for good."""

    person_id: uuid.UUID
    first_on: date
    last_on: date | None

    def is_on(self, day: date) -> bool:
        """Whether they are away on a day."""
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


@dataclass(frozen=True)
class AwayPeople:
    """Who is away in a stretch of days: asked before someone is told something that cannot wait."""

    spans: Callable[[ReadSession, date, date], Awaitable[Sequence[AwaySpan]]]
    """Every absence that touches these days, the first and the last one included."""


class Leave(NamedTuple):
    """Whose clients are handed over, and from when until when; without an end they leave for good."""

    person_id: uuid.UUID
    begins: datetime
    ends: datetime | None


class CaseRow(NamedTuple):
    """Something about a client that a colleague sees to: the row, whose it is, and when it takes place."""

    subject_id: uuid.UUID
    client_id: uuid.UUID
    person_id: uuid.UUID
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseRows:
    """What of a feature colleagues see to for clients: found when one is away, moved when one leaves.

    Rows that another system owns do not move: without `move` it is said who covers, and no more.
    """

    kind: str
    """The table's name, by which a handover remembers its rows."""
    noun: str
    permission: str
    find: Callable[[ReadSession, Sequence[Leave]], Awaitable[Sequence[CaseRow]]]
    move: (
        Callable[
            [WriteSession, Sequence[uuid.UUID], uuid.UUID, uuid.UUID, Practice],
            Awaitable[Sequence[uuid.UUID]],
        ]
        | None
    ) = None
    """From one colleague to another, those of these rows that the first still has: their ids."""
