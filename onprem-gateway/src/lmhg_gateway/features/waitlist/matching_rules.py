"""Who fits a freed time, in which order, and why: each point in words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lmhg_kit.ui.coded import words

DAYS: Mapping[str, str] = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
    "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
PARTS: Mapping[str, str] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening"}
NOON, EVENING = 12, 17
"""The hours at which a part of the day begins."""
TIMES: Mapping[str, str] = {
    f"{day}_{part}": f"{name} {said}" for day, name in DAYS.items() for part, said in PARTS.items()
}
"""The times of a week that someone may wish for."""
MEETS: Mapping[str, str] = {"in_person": "In person", "telehealth": "Telehealth"}
NEEDS_NO_PANEL = frozenset({"self_pay", "sliding_scale", "none"})
"""Ways to pay for which it does not matter which insurers the clinician is with."""
URGENCY_ORDER: Mapping[str, int] = {"urgent": 0, "soon": 1, "routine": 2}


class Verdict(StrEnum):
    """How a person and a freed time are in one point."""

    FITS = "fits"
    OPEN = "open"
    """Nothing speaks against it: no wish, or not known."""
    MISSES = "misses"


@dataclass(frozen=True)
class Point:
    """One point, and what is to be said of it."""

    verdict: Verdict
    said: str


@dataclass(frozen=True, kw_only=True)
class Time:
    """A freed time, in the practice's own time."""

    clinician_id: str
    clinician: str
    starts_at: datetime
    meets: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What is known of a clinician: payers whose panels count, and states of licenses that count.

    Each is None where nothing is on record; it is empty where all of them are over.
    """

    payers: frozenset[str] | None = None
    states: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Someone on the waitlist, and what they wish for."""

    referral_id: str
    since: datetime
    urgency: str = "routine"
    payer: str = "unknown"
    payer_name: str = ""
    """The plan or insurer, where it is known."""
    clinicians: frozenset[str] = field(default_factory=frozenset)
    times: frozenset[str] = field(default_factory=frozenset)
    meets: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Match:
    """How well a freed time suits one person."""

    referral_id: str
    points: tuple[Point, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return all(each.verdict is not Verdict.MISSES for each in self.points)

    @property
    def open_points(self) -> int:
        """In how many points nothing is known or wished."""
        return sum(each.verdict is Verdict.OPEN for each in self.points)


def time_code(moment: datetime) -> str:
    """The time of the week of a moment, as wishes name it. The moment is in the practice's own time."""
    part = "morning" if moment.hour < NOON else "afternoon" if moment.hour < EVENING else "evening"
    return f"{list(DAYS)[moment.weekday()]}_{part}"


def match(person: Waiting, time: Time, panel: Panel) -> Match:
    """Each point in turn: clinician, time of the week, how they meet, payer, license."""
    return Match(
        referral_id=person.referral_id,
        points=(
            _clinician(person, time),
            _when(person, time),
            _how(person, time),
            _payer(person, time, panel),
            _license(person, time, panel),
        ),
    )


def rank(people: Iterable[Waiting], time: Time, panel: Panel) -> list[Match]:
    """Everyone in the order in which to offer: who fits first, then urgent, then the longest wait.

    Someone whom nothing speaks against comes before anyone else; among equals the one who waits longer,
    so no wish that was never noted costs a person their place.
    """
    found = [(person, match(person, time, panel)) for person in people]
    found.sort(key=lambda each: _order(*each))
    return [each for _, each in found]


def _order(person: Waiting, made: Match) -> tuple[int, int, datetime, str]:
    misses = sum(each.verdict is Verdict.MISSES for each in made.points)
    return misses, URGENCY_ORDER.get(person.urgency, 2), person.since, person.referral_id


def _clinician(person: Waiting, time: Time) -> Point:
    if not person.clinicians:
        return Point(Verdict.OPEN, "Any clinician")
    if time.clinician_id in person.clinicians:
        return Point(Verdict.FITS, f"Wants {time.clinician}")
    return Point(Verdict.MISSES, "Wants another clinician")


def _when(person: Waiting, time: Time) -> Point:
    code = time_code(time.starts_at)
    if not person.times:
        return Point(Verdict.OPEN, "Any time")
    if code in person.times:
        return Point(Verdict.FITS, f"{TIMES[code]} works")
    return Point(Verdict.MISSES, f"{TIMES[code]} does not work")


def _how(person: Waiting, time: Time) -> Point:
    if not person.meets:
        return Point(Verdict.OPEN, "In person or telehealth")
    said = MEETS[person.meets]
    if person.meets == time.meets:
        return Point(Verdict.FITS, f"Wants {said.lower()}")
    return Point(Verdict.MISSES, f"Wants {said.lower()} only")


def _payer(person: Waiting, time: Time, panel: Panel) -> Point:
    if person.payer in NEEDS_NO_PANEL:
        return Point(Verdict.FITS, "Pays without insurance")
    plan = person.payer_name.strip()
    said = plan if person.payer == "other" and plan else words(person.payer)
    if person.payer == "unknown":
        return Point(Verdict.OPEN, "Payer not known yet")
    if panel.payers is None:
        return Point(Verdict.OPEN, f"{said}: not known if {time.clinician} takes it")
    if plan and plan.casefold() in {each.casefold() for each in panel.payers}:
        return Point(Verdict.FITS, f"{time.clinician} takes {plan}")
    if person.payer in panel.payers:
        return Point(Verdict.FITS, f"{time.clinician} takes {said}")
    return Point(Verdict.MISSES, f"{time.clinician} does not take {said}")


def _license(person: Waiting, time: Time, panel: Panel) -> Point:
    if not person.state or panel.states is None:
        return Point(Verdict.OPEN, "State not checked")
    if person.state in panel.states:
        return Point(Verdict.FITS, f"Licensed in {person.state}")
    return Point(Verdict.MISSES, f"{time.clinician} has no license in {person.state}")


def joined(panels: Sequence[Panel]) -> Panel:
    """What several features know of one clinician; the first that says something of a point is believed."""
    return Panel(
        payers=next((each.payers for each in panels if each.payers is not None), None),
        states=next((each.states for each in panels if each.states is not None), None),
    )
