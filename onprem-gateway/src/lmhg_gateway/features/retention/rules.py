"""When a record is due, and how a batch is. Pure.

The clock starts when something was last done with the person, and for a minor not before the 18th birthday.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

ADULT_AT = 18
LAST_DAY = date.max - timedelta(days=1)
"""What is kept until then or later is kept for ever: there is no day after the last one."""
ITEMS_MAX = 200
"""Records of one batch: as many as two people can look through."""
CLIENTS, ASKED_ONLY, MESSAGES = "clients", "inquiries", "messages"


class State(StrEnum):
    """How far a batch is."""

    PROPOSED = "proposed"
    ASKED = "asked"
    APPROVED = "approved"
    DONE = "done"
    DECLINED = "declined"
    DROPPED = "dropped"


STATES: Mapping[State, tuple[str, str]] = {
    State.PROPOSED: ("Proposed", "info"),
    State.ASKED: ("Waiting for approval", "warn"),
    State.APPROVED: ("Being disposed of", "warn"),
    State.DONE: ("Done", "ok"),
    State.DECLINED: ("Declined", ""),
    State.DROPPED: ("Canceled", ""),
}
OPEN = (State.PROPOSED, State.ASKED, State.APPROVED)


class ItemState(StrEnum):
    """How far one record of a batch is."""

    LISTED = "listed"
    LEFT_OUT = "left_out"
    HELD = "held"
    CHANGED = "changed"
    ROWS_GONE = "rows_gone"
    DONE = "done"


ITEM_STATES: Mapping[ItemState, tuple[str, str]] = {
    ItemState.LISTED: ("Listed", ""),
    ItemState.LEFT_OUT: ("Taken out", "info"),
    ItemState.HELD: ("Kept: legal hold", "warn"),
    ItemState.CHANGED: ("Kept: something new", "warn"),
    ItemState.ROWS_GONE: ("Files are being removed", "warn"),
    ItemState.DONE: ("Disposed of", "ok"),
}


class LeftOut(StrEnum):
    """Why a record is taken out of a batch."""

    STILL_NEEDED = "still_needed"
    DISPUTE = "dispute"
    MAY_RETURN = "may_return"
    WRONG_DATE = "wrong_date"


LEFT_OUT: Mapping[LeftOut, str] = {
    LeftOut.STILL_NEEDED: "We still need it",
    LeftOut.DISPUTE: "A complaint, claim or audit",
    LeftOut.MAY_RETURN: "The person may come back",
    LeftOut.WRONG_DATE: "A date is wrong",
}


class Outcome(StrEnum):
    """What became of a change of the schedule."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    DROPPED = "dropped"


class Due(Struct, frozen=True, kw_only=True):
    """When a record is due, and whether the clock started on the 18th birthday."""

    on: date
    from_birthday: bool


def years_after(day: date, years: int) -> date:
    """The same day so many years later; for the 29th of February the day after the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def due(last_on: date, *, born: date | None, years: int, kept_until: date | None = None) -> Due:
    """From which day on a record may be disposed of."""
    adult_on = years_after(born, ADULT_AT) if born else last_on
    begins = max(last_on, adult_on)
    found = years_after(begins, years)
    if kept_until is not None and kept_until >= found:
        found = min(kept_until, LAST_DAY) + timedelta(days=1)
    return Due(on=found, from_birthday=adult_on > last_on)


def last_possible(today: date, years: int) -> date:
    """The newest day on which a clock can have started that is over by today."""
    found = today.replace(day=min(today.day, 28), year=today.year - years) + timedelta(days=4)
    while years_after(found, years) > today:
        found -= timedelta(days=1)
    return found


def digest_of(salt: str, record_id: str) -> str:
    """A record's id as a batch keeps it: who knows the id can prove that it was there, nobody can read it off."""
    return hashlib.sha256((salt + record_id).encode()).hexdigest()


def is_stuck(approved_at: datetime, *, at: datetime) -> bool:
    """Whether a batch that two people agreed to has not been carried out for a day."""
    return at - approved_at > timedelta(days=1)
