"""What one row of a file says of a client, what may become of it, and in which order an import goes."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from lmhg_gateway.features.clients.public import (
    WAYS,
    ClientForm,
    name_words,
    payer_of,
    payer_text,
    phone_number,
    way_said,
)
from lmhg_gateway.features.imports.columns import LEAVE_OUT, RECORD, VERSION
from lmhg_kit.errors import Conflict
from lmhg_kit.http.door import FIRST_DAY

CLIENTS, REFERRALS = "clients", "referrals"
"""What the rows of a file are of."""
UNDO_FOR = timedelta(days=14)
"""How long an import can be undone; the cells of its file are kept until then, and no longer."""
ROW_TEXT_MAX = 12_000
"""Characters of one row."""
FLAGS = (*WAYS, "part2")
YES = frozenset({"yes", "y", "true", "1", "x", "on", "ok"})
NO = frozenset({"no", "n", "false", "0", "off"})
_DAYS = (
    re.compile(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})$", re.ASCII),
    re.compile(r"^(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4})$", re.ASCII),
)
_ADDRESS = ("street", "city", "state", "zip")


class State(StrEnum):
    """Where an import is."""

    READING = "reading"
    REFUSED = "refused"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


WORKS = (State.READING, State.CHECKING, State.RUNNING, State.UNDOING)
"""States in which the worker goes on."""


class Fate(StrEnum):
    """What became of a row: exactly one of these."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"


class Undone(StrEnum):
    """What undoing did to a row's record."""

    REMOVED = "removed"
    PUT_BACK = "put_back"
    CLOSED = "closed"
    STAYS_CHANGED = "stays_changed"
    STAYS_USED = "stays_used"
    STAYS_REFUSED = "stays_refused"


STAYS = (Undone.STAYS_CHANGED.value, Undone.STAYS_USED.value, Undone.STAYS_REFUSED.value)
"""Rows whose record is still what the import made of it."""


class RowRefused(Exception):
    """A row that cannot be taken, with the code of the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one row says: values that it has, as a client's form takes them."""

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    record: uuid.UUID | None = None
    version: int | None = None
    number: str = ""

    @property
    def key(self) -> str:
        """What tells that two rows are the same one: the old system's number, or what tells people apart.

        A row with a name alone is only the same as one that is so in every cell.
        """
        if self.number:
            return f"number|{self.number.casefold()}"
        told = [
            str(self.values.get("birth_date") or ""),
            *sorted(phone_number(self.values[each]) for each in ("phone", "mobile") if self.values.get(each)),
            str(self.values.get("email") or "").casefold(),
        ]  # fmt: skip
        named = " ".join(name_words(str(self.values.get("legal_name") or "")))
        if any(told):
            return "|".join(("person", named, *told))
        return "|".join(("cells", named, *(f"{n}={v}" for n, v in sorted(self.values.items()))))


def row_of(cells: Sequence[str], columns: Sequence[str], *, today: date) -> Row:
    """What a row says by its columns. Raises: RowRefused."""
    if len(cells) > len(columns):
        raise RowRefused("row_columns")
    said = {
        name: cell for name, cell in zip(columns, cells, strict=False) if cell and name != LEAVE_OUT
    }
    record, version = record_of(said.pop(RECORD, "")), said.pop(VERSION, "")
    number = said.pop("number", "")
    values: dict[str, Any] = _joined(said)
    for name in FLAGS:
        if name in values:
            values[name] = flag_of(values[name])
    if "birth_date" in values:
        values["birth_date"] = day_of(values["birth_date"], today=today)
    if not record and not values.get("legal_name"):
        raise RowRefused("name_missing")
    _check(values)
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 12 else None
    return Row(values=values, record=record, version=seen, number=number)


def record_of(text: str) -> uuid.UUID | None:
    """A record of ours by its id. Raises: RowRefused."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise RowRefused("record_unknown") from None


def _joined(said: Mapping[str, str]) -> dict[str, Any]:
    """First and last name as one name, street to ZIP code as one address."""
    found: dict[str, Any] = {n: v for n, v in said.items() if n in ClientForm.__struct_fields__}
    name = " ".join(said[each] for each in ("first_name", "last_name") if each in said)
    if name and "legal_name" not in found:
        found["legal_name"] = name
    place = ", ".join(said[each] for each in _ADDRESS[:2] if each in said)
    region = " ".join(said[each] for each in _ADDRESS[2:] if each in said)
    address = ", ".join(each for each in (place, region) if each)
    if address and "address" not in found:
        found["address"] = address
    return found


def flag_of(text: str) -> bool:
    """Yes or no as people write it. Raises: RowRefused."""
    word = text.strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise RowRefused("yes_no")


def day_of(text: str, *, today: date) -> date:
    """A day as people write one in the US, or as a spreadsheet does. Raises: RowRefused."""
    for pattern in _DAYS:
        found = pattern.match(text.strip())
        if found:
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
            if FIRST_DAY <= day <= today:
                return day
            break
    raise RowRefused("birth_date")


def _check(values: Mapping[str, Any]) -> None:
    """Accept what a client's form accepts. Raises: RowRefused, with the field as its code."""
    try:
        msgspec.convert({"legal_name": "No One", **values}, ClientForm)
    except msgspec.ValidationError as refused:
        found = re.search(r"\$\.(\w+)", str(refused))
        name = found[1] if found else ""
        raise RowRefused(
            name if name in {"legal_name", "phone", "mobile", "email"} else "too_long"
        ) from None


def differences(row: Row, saved: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says otherwise than the record; an empty cell says nothing."""
    return {
        name: value
        for name, value in row.values.items()
        if _compared(name, value) != _compared(name, saved.get(name))
    }


def _compared(name: str, value: object) -> str:
    if name == "payer":
        return payer_text(payer_of(str(value or "")))
    return way_said(value) if name in WAYS else _text(value)


def _text(value: object) -> str:
    """A value as it is compared: space and what cannot be seen tell nothing apart."""
    said = "" if value is None or value is False else str(value)
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())


def check_state(state: str, *allowed: State) -> None:
    """Accept a step where an import is. Raises: Conflict."""
    if state not in allowed:
        raise Conflict("import_moved")


def undoable_until(finished_at: datetime) -> datetime:
    """Until when an import can be undone."""
    return finished_at + UNDO_FOR


def check_undo(state: str, finished_at: datetime | None, *, at: datetime) -> None:
    """Accept that an import is undone. Raises: Conflict."""
    check_state(state, State.DONE)
    if finished_at is None or at >= undoable_until(finished_at):
        raise Conflict("import_over")


WHY_WORDS: Mapping[str, str] = {
    "": "",
    "same": "The record already says all of this.",
    "differs": "The record says something else. Allow updates to change it.",
    "changed": "Someone changed the record after this file was made.",
    "imported": "This row was imported before.",
    "twice": "The same row is above in this file.",
    "known": "This is almost certainly someone on record. Look, then decide.",
    "empty": "The row is empty.",
    "name_missing": "There is no name.",
    "legal_name": "The name is too short or too long.",
    "birth_date": "The birth date is not a day we can read, such as 4/30/1990.",
    "phone": "The phone number is not one. Write it with its area code.",
    "mobile": "The mobile number is not one. Write it with its area code.",
    "email": "The email address is not one.",
    "too_long": "A cell is too long.",
    "row_long": "The row is too long.",
    "row_columns": "The row has more cells than the file has columns.",
    "yes_no": "Write yes or no for what the client allows.",
    "record_unknown": "There is no such record here.",
    "merged": "The record was merged into another one.",
    "part2": "Part 2 protection can't be turned off.",
    "row_refused": "The office's database did not take it. Nothing of it was saved.",
    "received_on": "The day it was received is missing, or not a day we can read, such as 4/30/2026.",
    "channel": "How it arrived is not one of our choices.",
    "source_category": "Who referred is not one of our choices.",
    "concern_code": "The concern is not one of our choices.",
    "urgency": "The urgency is not one of our choices.",
    "client_unknown": "No client on record is certainly this person. Import the clients first.",
    "open": "The client has an open referral already.",
    "added": "You said that this is someone else.",
}
"""Why a row has its fate."""
UNDONE_WORDS: Mapping[Undone, str] = {
    Undone.REMOVED: "Removed",
    Undone.PUT_BACK: "Put back as it was",
    Undone.CLOSED: "Closed as entered by mistake",
    Undone.STAYS_CHANGED: "Stays: someone changed it since",
    Undone.STAYS_USED: "Stays: it is used by now",
    Undone.STAYS_REFUSED: "Stays: it could not be put back",
}
FATE_WORDS: Mapping[Fate, str] = {
    Fate.CREATED: "Added",
    Fate.UPDATED: "Updated",
    Fate.SKIPPED: "Skipped",
    Fate.FAILED: "Failed",
}
STATE_WORDS: Mapping[State, str] = {
    State.READING: "Reading the file",
    State.REFUSED: "File not taken",
    State.MAPPING: "Columns to choose",
    State.CHECKING: "Checking",
    State.CHECKED: "Checked, not imported yet",
    State.RUNNING: "Importing",
    State.DONE: "Imported",
    State.UNDOING: "Undoing",
    State.UNDONE: "Undone",
    State.DROPPED: "Given up",
}
REFUSED_WORDS: Mapping[str, str] = {
    "table_empty": "This file has no rows.",
    "table_rows": "This file has more than 10,000 rows. Split it, then import each part.",
    "table_columns": "This file has more than 60 columns. Delete those you don't need.",
    "table_heads": "The column heads of this file are too long. Shorten them, then try again.",
    "table_unpacked": "This workbook is too large when it is unpacked.",
    "table_unreadable": "We can't read this file. Save it as CSV or XLSX, then try again.",
    "table_old": "This is an old Excel file, or one with a password. Save it as XLSX without a password.",
    "table_characters": "Some letters of this file can't be read. Save it as CSV UTF-8, then try again.",
    "table_quote": "A quotation mark is opened and never closed, so rows would be lost. Fix it, then try again.",
    "damaged": "Part of this file was damaged on its way. Choose it again.",
}
"""Why a file is not taken."""
