"""When a breach has to be told to whom, and how a case is. Pure. Source: 45 CFR 164.402 to 164.408."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """What one factor says of the probability that information was compromised."""

    LOW = "low"
    HIGH = "high"


LEVELS: Mapping[Level, str] = {Level.LOW: "Low risk", Level.HIGH: "High risk"}


class Decision(StrEnum):
    """What a case comes to."""

    LOW = "low"
    BREACH = "breach"


DECISIONS: Mapping[Decision, str] = {
    Decision.LOW: "Low probability: no one has to be told",
    Decision.BREACH: "Breach: people have to be told",
}


class Who(StrEnum):
    """Who has to be told of a breach."""

    PEOPLE = "people"
    HHS = "hhs"
    MEDIA = "media"


WHO: Mapping[Who, str] = {
    Who.PEOPLE: "The people it is about",
    Who.HHS: "HHS",
    Who.MEDIA: "Local media",
}
FACTORS: Mapping[str, tuple[str, str]] = {
    "nature": (
        "What information it was",
        "Which details, and how easily they lead to a person.",
    ),
    "recipient": (
        "Who used it or got it",
        "Someone who must keep it secret too, or anyone.",
    ),
    "viewed": (
        "Whether it was really seen or copied",
        "What logs, the envelope or the person say.",
    ),
    "mitigated": (
        "What was done to limit it",
        "Deleted with proof, returned, promised in writing.",
    ),
}
"""The four factors of 45 CFR 164.402(2): what each asks, and a hint."""
CLOCK = timedelta(days=60)
MANY = 500
"""From so many people on HHS is told at once, and the media too."""
SOON = timedelta(days=15)


class Duty(Struct, frozen=True, kw_only=True):
    """Who has to be told by which day."""

    who: Who
    due_on: date
    is_done: bool

    def is_late(self, today: date) -> bool:
        """Whether the day is over and no one was told."""
        return not self.is_done and self.due_on < today


def due_on(discovered_on: date) -> date:
    """The last day of the 60: by then a breach is decided and its people are told."""
    return discovered_on + CLOCK


def duties(discovered_on: date, *, people: int | None, told: Collection[Who]) -> list[Duty]:
    """Who has to be told of a breach by when.

    HHS hears of a small one within 60 days after the year in which it was discovered.
    """
    last = due_on(discovered_on)
    is_many = people is not None and people >= MANY
    yearly = date(discovered_on.year, 12, 31) + CLOCK
    found = [(Who.PEOPLE, last), (Who.HHS, last if is_many else yearly)]
    if is_many:
        found.append((Who.MEDIA, last))
    return [Duty(who=who, due_on=day, is_done=who in told) for who, day in found]


class Facts(Struct, frozen=True, kw_only=True):
    """A case as the rules see it."""

    discovered_on: date
    people: int | None
    is_assessed: bool
    decision: Decision | None
    is_confirmed: bool
    told: frozenset[Who]


class Stand(Struct, frozen=True, kw_only=True):
    """How a case is: what comes next, by which day, and whether nothing is left."""

    next_step: str
    due_on: date | None
    is_over: bool = False

    def is_late(self, today: date) -> bool:
        """Whether its day is over."""
        return self.due_on is not None and self.due_on < today

    def is_soon(self, today: date) -> bool:
        """Whether its day comes soon."""
        return self.due_on is not None and self.due_on - today <= SOON


def stand(case: Facts) -> Stand:
    """What comes next in a case. Low probability counts once a second person agrees."""
    last = due_on(case.discovered_on)
    if not case.is_assessed:
        return Stand(next_step="Assess it", due_on=last)
    if case.decision is None:
        return Stand(next_step="Decide it", due_on=last)
    if case.decision is Decision.LOW:
        if case.is_confirmed:
            return Stand(next_step="Low probability", due_on=None, is_over=True)
        return Stand(next_step="A second person agrees", due_on=last)
    left = [
        each
        for each in duties(case.discovered_on, people=case.people, told=case.told)
        if not each.is_done
    ]
    if not left:
        return Stand(next_step="Everyone was told", due_on=None, is_over=True)
    first = min(left, key=lambda each: each.due_on)
    return Stand(next_step=f"Tell {NEXT[first.who]}", due_on=first.due_on)


NEXT: Mapping[Who, str] = {
    Who.PEOPLE: "the people it is about",
    Who.HHS: "HHS",
    Who.MEDIA: "the local media",
}
