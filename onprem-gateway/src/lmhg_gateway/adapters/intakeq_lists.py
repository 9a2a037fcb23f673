"""IntakeQ's lists of what changed: which can be asked for, and what a line says.

A page has a hundred lines and says nothing of the next one: the last is the first that is shorter.
Days are the only grain there is, and nobody says of which zone, so lists are asked for with days to
spare. A line that cannot be used is left out and counted; an appointment or a client whose line lacks a
part is asked for by its id.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from lmhg_gateway.adapters.intakeq_shapes import (
    Person,
    Unusable,
    Visit,
    client_number,
    moment_of,
    parse_person,
    parse_visit,
)

What = Literal["client", "appointment", "intake", "note"]
PAGE_LINES = 100
ID_MAX = 80
PATHS: Mapping[What, str] = {
    "client": "/clients",
    "appointment": "/appointments",
    "intake": "/intakes/summary",
    "note": "/notes/summary",
}


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list: what changed since a day, perhaps only appointments of some days."""

    what: What
    since: date
    page: int = 1
    is_deleted: bool = False
    first_day: date | None = None
    last_day: date | None = None

    @property
    def path(self) -> str:
        """Where the list is."""
        return PATHS[self.what]

    def query(self) -> dict[str, str]:
        """What is asked of it."""
        asked = {"page": str(self.page)}
        if self.what == "client":
            asked["includeProfile"] = "true"
            asked["dateUpdatedStart"] = self.since.isoformat()
        else:
            asked["updatedSince"] = self.since.isoformat()
        if self.is_deleted:
            asked["deletedOnly"] = "true"
        if self.first_day:
            asked["startDate"] = self.first_day.isoformat()
        if self.last_day:
            asked["endDate"] = self.last_day.isoformat()
        return asked


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: which object, of which client, and the object itself where the line has it whole."""

    what: What
    id: str
    number: str
    subject: Person | Visit | None
    at: datetime | None
    """When a form was sent or a note locked."""
    text: bytes
    """The line as it was written, to know it again."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list; `is_last` where no other can follow."""

    lines: Sequence[Line]
    left_out: int
    is_last: bool


def lines_of(what: What, rows: Sequence[Mapping[str, Any]], *, content: bytes) -> Listed:
    """The lines of a page. `content` only bounds it."""
    found = [_line(what, row) for row in rows[:PAGE_LINES]]
    lines = [line for line in found if line is not None]
    return Listed(
        lines=lines,
        left_out=len(found) - len(lines),
        is_last=len(rows) < PAGE_LINES or not content,
    )


def _line(what: What, row: Mapping[str, Any]) -> Line | None:
    try:
        number = client_number(row)
    except Unusable:
        return None
    key = number if what == "client" else row.get("Id")
    if not isinstance(key, str | int) or isinstance(key, bool) or not 0 < len(str(key)) <= ID_MAX:
        return None
    subject = _subject(what, row, str(key))
    if what == "note" and str(row.get("Status", "locked")).casefold() == "unlocked":
        return None
    return Line(
        what=what,
        id=str(key),
        number=number,
        subject=subject,
        at=moment_of(row.get("DateSubmitted") or row.get("Date")),
        text=msgspec.json.encode(_compared(what, row), order="sorted"),
    )


def _subject(what: What, row: Mapping[str, Any], key: str) -> Person | Visit | None:
    """The object, where a line of this list has it and it can be used."""
    try:
        if what == "client":
            return parse_person(row)
        if what == "appointment":
            return parse_visit(row, visit_id=key)
    except Unusable:
        return None
    return None


def _compared(what: What, row: Mapping[str, Any]) -> dict[str, Any]:
    """What tells that an object is not as it was: for forms and notes the line is all there is."""
    if what in {"client", "appointment"}:
        return {"Id": row.get("Id"), "at": row.get("LastModified", row.get("LastUpdateDate"))}
    names = ("Id", "Status", "DateSubmitted", "Date", "QuestionnaireName", "NoteName", "ClientId")
    found = {name: row.get(name) for name in names if name in row}
    return {**found, "at": str(moment_of(row.get("LastModified")))}
