"""What the access log decides with: filters, the practice's hours, views, and what has to be accounted for."""

import re
import uuid
from dataclasses import dataclass
from datetime import date

from lmhg_gateway.features.ledger_review.public import AddressFilter
from lmhg_kit.errors import Invalid, LmhgError
from lmhg_kit.persistence.blind_index import fold, words

BULK_RECORDS = 40
"""Different records of clients that one person opens within an hour before it is called bulk."""
BULK_LISTED = 500
"""Different records of clients that one person sees in lists or opens within an hour before it is."""
BULK_DAYS = 31
SURNAME_MIN = 2
YEARS_ACCOUNTED = 6

VIEWS = {
    "after_hours": (
        "After hours",
        "A colleague saw or changed a client's record outside office hours.",
    ),
    "own_record": ("Own record", "A colleague opened their own client record."),
    "same_surname": (
        "Same surname",
        "A colleague opened the record of a client who shares their surname.",
    ),
    "bulk": (
        "Many records at once",
        f"In one hour a colleague opened {BULK_RECORDS} or more records, or listed {BULK_LISTED}.",
    ),
    "break_glass": (
        "Emergency access",
        "Emergency access was opened, ended or reviewed, or a record was read while it was open.",
    ),
    "refused": (
        "Refused",
        "Someone tried something their role does not allow, or a security check failed.",
    ),
}
"""Saved views of everybody: code to name and meaning."""

OUTCOMES_REFUSED = ("refused", "not_sound")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\w{3})(?:-(\w{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")


class HoursUnreadable(LmhgError):
    """The practice's hours are not written as days and a span."""

    code = "practice_hours"


@dataclass(frozen=True)
class Hours:
    """When the practice works: ISO weekdays, and minutes of the local day from and until."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int


def practice_hours(text: str) -> Hours:
    """Hours from a setting such as "Mon-Fri 07:30-19:00". Raises: HoursUnreadable."""
    found = _HOURS.fullmatch(text.strip().lower())
    if found is None:
        raise HoursUnreadable
    first, last, *clock = found.groups()
    if first not in _DAYS or (last or first) not in _DAYS:
        raise HoursUnreadable
    low, high = _DAYS.index(first), _DAYS.index(last or first)
    opens, closes = (int(clock[at]) * 60 + int(clock[at + 1]) for at in (0, 2))
    if low > high or not 0 <= opens < closes <= 24 * 60:
        raise HoursUnreadable
    return Hours(tuple(range(low + 1, high + 2)), opens, closes)


@dataclass(frozen=True, kw_only=True)
class AccessFilter(AddressFilter):
    """Which entries of the access ledger to show; empty text filters nothing but processes.

    What processes did is shown when it is asked for (`processes` is "1"), or named as the actor.
    """

    actor: str = ""
    act: str = ""
    kind: str = ""
    view: str = ""
    processes: str = ""

    @property
    def is_people(self) -> bool:
        """Whether colleagues alone are wanted."""
        return not (self.processes or self.actor)

    @property
    def is_counted(self) -> bool:
        """Whether the counts by day answer it: only days, act and processes."""
        return not (self.actor or self.kind or self.record_id or self.view)

    def errors(self) -> dict[str, str]:
        """What cannot be read, by field."""
        wrong = super().errors()
        if self.view and self.view not in VIEWS:
            wrong["view"] = "There is no view with this name."
        return wrong


@dataclass(frozen=True)
class Named:
    """What ties someone to someone else: the folded full names, surnames and addresses."""

    full: frozenset[str]
    surnames: frozenset[str]
    emails: frozenset[str]


def named(*names: str | None, email: str | None = None) -> Named:
    """What a person's names and address come to."""
    parts = [found for name in names if name and len(found := words(name)) >= 2]
    surnames = {found[-1] for found in parts if len(found[-1]) >= SURNAME_MIN}
    emails = {fold(email.strip())} if email and "@" in email else set[str]()
    return Named(
        frozenset(" ".join(found) for found in parts), frozenset(surnames), frozenset(emails)
    )


def tie_of(colleague: Named, client: Named) -> str | None:
    """How two people are tied: `own` by full name or address, `surname` by that alone, or not."""
    if colleague.full & client.full or colleague.emails & client.emails:
        return "own"
    return "surname" if colleague.surnames & client.surnames else None


BASES = {
    "required_by_law": "Required by law",
    "public_health": "Public health authority",
    "oversight": "Health oversight agency",
    "court": "Court or administrative order",
    "law_enforcement": "Law enforcement",
    "abuse_report": "Report of abuse or neglect",
    "serious_threat": "Serious threat to health or safety",
    "coroner": "Coroner or medical examiner",
    "research": "Research with a waiver",
    "not_permitted": "Not permitted (a breach)",
    "on_request": "Asked for by the person, or by someone who may ask",
    "other": "Another reason that must be listed",
}
"""Why a disclosure has to be accounted for. Source: 45 CFR 164.512 and 164.528."""


def check_disclosed(day: date, *, today: date) -> None:
    """Accept a day on which something can have been disclosed. Raises: Invalid."""
    if day > today:
        raise Invalid("disclosure_ahead", fields={"disclosed_on": "This day is not over yet."})


def accounting_period(today: date) -> tuple[date, date]:
    """The six years before today that a client may ask about. Source: 45 CFR 164.528 (a)."""
    try:
        first = today.replace(year=today.year - YEARS_ACCOUNTED)
    except ValueError:
        first = today.replace(year=today.year - YEARS_ACCOUNTED, day=28)
    return first, today


def is_person(actor: str) -> bool:
    """Whether an actor is someone rather than a process."""
    try:
        return str(uuid.UUID(actor)) == actor
    except ValueError:
        return False
