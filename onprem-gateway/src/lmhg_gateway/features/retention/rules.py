"""When a record is due, and how a batch is. Pure.

The clock starts when something was last done with the person, and for a minor not before the 18th birthday.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from lmhg_kit.practice import Practice

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
    ItemState.HELD: ("Left out: legal hold", "warn"),
    ItemState.CHANGED: ("Left out", "warn"),
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


class NotDue(StrEnum):
    """Why a record that two people agreed to stays all the same: what is so now says so."""

    NEW_CONTACT = "new_contact"
    BIRTH_DATE = "birth_date"
    KEEP_UNTIL = "keep_until"
    SCHEDULE = "schedule"
    OTHER_LINE = "other_line"
    NOT_THERE = "not_there"


NOT_DUE: Mapping[NotDue, str] = {
    NotDue.NEW_CONTACT: "Something new came in",
    NotDue.BIRTH_DATE: "By the birth date it is not due yet",
    NotDue.KEEP_UNTIL: "A document or an approval asks to keep it longer",
    NotDue.SCHEDULE: "By the years of the schedule it is not due yet",
    NotDue.OTHER_LINE: "It counts under another line of the schedule now",
    NotDue.NOT_THERE: "There is no such record",
}
HELD_WHY = "hold"
"""Why a record on legal hold stays, as a certificate says it."""


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


def why_not_due(
    last_on: date,
    *,
    born: date | None,
    kept_until: date | None,
    was_seen: bool,
    line: str,
    years: Mapping[str, int],
    today: date,
) -> NotDue | None:
    """Why a record that was listed under a line is not due there today; None where it is."""
    if line != line_of(was_seen=was_seen):
        return NotDue.OTHER_LINE
    if kept_until is not None and kept_until >= today:
        return NotDue.KEEP_UNTIL
    if line not in years or due(last_on, born=None, years=years[line]).on > today:
        return NotDue.SCHEDULE
    return NotDue.BIRTH_DATE if due(last_on, born=born, years=years[line]).on > today else None


def line_of(*, was_seen: bool) -> str:
    """By which line of the schedule someone's record is kept."""
    return CLIENTS if was_seen else ASKED_ONLY


def last_possible(today: date, years: int) -> date:
    """The newest day on which a clock can have started that is over by today."""
    found = today.replace(day=min(today.day, 28), year=today.year - years) + timedelta(days=4)
    while years_after(found, years) > today:
        found -= timedelta(days=1)
    return found


def digest_of(salt: str, record_id: str) -> str:
    """A record's id as a batch keeps it: who knows the id can prove that it was there, nobody can read it off."""
    return hashlib.sha256((salt + record_id).encode()).hexdigest()


def gone_from_backups(done_at: datetime, *, days: int, practice: Practice) -> date:
    """From which day on no backup of the office has what was disposed of."""
    return practice.day_of(done_at) + timedelta(days=days)


def is_stuck(approved_at: datetime, *, at: datetime) -> bool:
    """Whether a batch that two people agreed to has not been carried out for a day."""
    return at - approved_at > timedelta(days=1)


STRAYS_MOST = 50
"""What failures leave in a day is far less."""


def is_too_many(strays: int, *, of: int) -> bool:
    """Whether so many objects belong to nothing that the store may be another database's: a person looks first."""
    return strays > max(STRAYS_MOST, of // 20)
