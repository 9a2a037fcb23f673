"""From IntakeQ's answers to records of ours. Its PascalCase ends here.

Shapes and traps: IntakeQ writes a client's id under four names, dates in two encodings, and
"canceled" in two spellings; this module returns one of each. A part that a record can do without
and that cannot be used is left out, with a note of its name and a code, never its value; one that
it needs raises `Unusable`. No answer, however odd, raises anything else.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from lmhg_kit.errors import LmhgError

NUMBER = re.compile(r"[0-9]{1,18}")
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
EARLIEST_BIRTH = date(1880, 1, 1)
CLOCKS_APART = timedelta(days=1)
"""How far ahead of us IntakeQ's clock may be; a later change would hide every true one."""
VISIT_MAX = timedelta(days=7)
NAME_MAX, PHONE_MAX, ADDRESS_MAX, STATUS_MAX = 200, 40, 400, 24
ANSWERS_MAX = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unusable(LmhgError):
    """An object that lacks a part which its record needs; `code` says which kind of fault."""

    code = "intakeq_unusable"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A client's profile, as far as we keep it. `left_out`: `field:code` of what was not usable."""

    number: str
    name: str
    email: str | None
    phone: str | None
    mobile: str | None
    birth_date: date | None
    address: str | None
    payer: str | None
    left_out: tuple[str, ...] = ()


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment. `changed_ms` orders what we saw of it; None says nothing about order."""

    id: str
    client_number: str
    status: str | None
    starts_at: datetime
    ends_at: datetime
    clinician_email: str
    service: str | None
    place: str | None
    changed_ms: int | None
    left_out: tuple[str, ...] = ()


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A submitted intake; `answers` is JSON text."""

    id: str
    client_number: str
    status: str
    name: str
    submitted_at: datetime | None
    answers: str | None
    left_out: tuple[str, ...] = ()


class LockedNote(msgspec.Struct, frozen=True, kw_only=True):
    """A locked note; `content` is what a re-lock is compared by, and is never stored."""

    id: str
    client_number: str
    title: str
    at: datetime
    content: bytes
    left_out: tuple[str, ...] = ()


@dataclass
class Reading:
    """One object as it is read: what was asked of it, and what had to be left out."""

    raw: Mapping[str, Any]
    left_out: list[str] = field(default_factory=list[str])

    def text(self, name: str, *, into: str, most: int, numbers: bool = False) -> str | None:
        """A text without surrounding space; None when it is absent, empty or left out."""
        value = self.raw.get(name)
        if value is None:
            return None
        if numbers and type(value) is int:
            value = str(value)
        if not isinstance(value, str) or not _is_clean(value):
            return self.leave(into, "not_text")
        text = value.strip()
        return self.leave(into, "too_long") if len(text) > most else text or None

    def moment(self, name: str, *, into: str) -> datetime | None:
        """A moment; None when it is absent or left out."""
        value = self.raw.get(name)
        found = moment_of(value)
        return self.leave(into, "not_a_date") if found is None and value is not None else found

    def birth(self, name: str, *, into: str) -> date | None:
        """A day on which a living person can be born; None when it is absent or left out."""
        value = self.raw.get(name)
        found = day_of(value)
        if found is not None and not EARLIEST_BIRTH <= found <= datetime.now(UTC).date():
            found = None
        return self.leave(into, "not_a_date") if found is None and value is not None else found

    def leave(self, into: str, code: str) -> None:
        """Note that a part was left out."""
        self.left_out.append(f"{into}:{code}")


def parse_person(raw: Mapping[str, Any]) -> Person:
    """A profile, whichever of its id names was used. Raises: Unusable."""
    read = Reading(raw)
    name = _name(read)
    return Person(
        number=client_number(raw),
        name=name,
        email=read.text("Email", into="email", most=NAME_MAX),
        phone=read.text("Phone", into="phone", most=PHONE_MAX, numbers=True),
        mobile=read.text("MobilePhone", into="mobile", most=PHONE_MAX, numbers=True),
        birth_date=read.birth("DateOfBirth", into="birth_date"),
        address=read.text("Address", into="address", most=ADDRESS_MAX),
        payer=read.text("PrimaryInsuranceCompany", into="payer", most=NAME_MAX),
        left_out=_once(read),
    )


def parse_visit(raw: Mapping[str, Any], *, visit_id: str) -> Visit:
    """An appointment that was asked for by its id. Raises: Unusable."""
    _check_id(raw, visit_id)
    starts_at, ends_at = moment_of(raw.get("StartDate")), moment_of(raw.get("EndDate"))
    if starts_at is None or ends_at is None:
        raise Unusable("time_missing")
    if ends_at < starts_at:
        raise Unusable("ends_before_start")
    if ends_at - starts_at > VISIT_MAX:
        raise Unusable("lasts_too_long")
    read = Reading(raw)
    status = read.text("Status", into="status", most=STATUS_MAX)
    return Visit(
        id=visit_id,
        client_number=client_number(raw),
        status=status_of(status) if status else None,
        starts_at=starts_at,
        ends_at=ends_at,
        clinician_email=(
            read.text("PractitionerEmail", into="clinician", most=NAME_MAX) or ""
        ).casefold(),
        service=read.text("ServiceName", into="service", most=NAME_MAX),
        place=read.text("LocationName", into="place", most=NAME_MAX),
        changed_ms=_changed_ms(read),
        left_out=_once(read),
    )


def parse_form(raw: Mapping[str, Any], *, form_id: str) -> Form:
    """A submitted intake that was asked for by its id. Raises: Unusable."""
    _check_id(raw, form_id)
    read = Reading(raw)
    status = read.text("Status", into="status", most=STATUS_MAX) or ""
    wanted = {"Questions": raw.get("Questions", []), "ConsentForms": raw.get("ConsentForms", [])}
    answers = _json(wanted).decode()
    if len(answers) > ANSWERS_MAX:
        read.leave("answers", "too_long")
    return Form(
        id=form_id,
        client_number=client_number(raw),
        status=status.casefold()[:STATUS_MAX],
        name=read.text("QuestionnaireName", into="form_name", most=NAME_MAX) or "Intake",
        submitted_at=read.moment("DateSubmitted", into="submitted_at"),
        answers=answers if len(answers) <= ANSWERS_MAX else None,
        left_out=_once(read),
    )


def parse_note(raw: Mapping[str, Any], *, note_id: str) -> LockedNote:
    """A note: what a re-lock is compared by leaves out what each lock changes. Raises: Unusable."""
    _check_id(raw, note_id)
    read = Reading(raw)
    compared = {key: raw.get(key) for key in ("NoteName", "Questions", "AppointmentId")}
    return LockedNote(
        id=note_id,
        client_number=client_number(raw),
        title=read.text("NoteName", into="title", most=NAME_MAX) or "Note",
        at=read.moment("Date", into="locked_at") or datetime.now(UTC),
        content=_json(compared),
        left_out=_once(read),
    )


def client_number(raw: Mapping[str, Any]) -> str:
    """The client's number, from whichever name IntakeQ used; a GUID is none. Raises: Unusable."""
    for name in ("ClientNumber", "ClientIdNumber", "ClientId"):
        value = raw.get(name)
        if type(value) in {str, int} and NUMBER.fullmatch(str(value)):
            return str(value)
    raise Unusable("client_missing")


def moment_of(value: object) -> datetime | None:
    """A moment from epoch milliseconds or ISO text; None for what is none, or out of all bounds."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            found = EPOCH + timedelta(milliseconds=value)
        elif isinstance(value, str) and value:
            found = datetime.fromisoformat(value)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST_BIRTH <= found.date() <= LATEST.date() else None


def day_of(value: object) -> date | None:
    """A birth date from `yyyy-MM-dd` or from epoch milliseconds, which may be negative."""
    found = moment_of(value)
    return None if found is None else found.date()


def status_of(status: str) -> str:
    """A status in lower case, with one spelling of canceled."""
    folded = status.casefold()[:STATUS_MAX]
    return "canceled" if folded == "cancelled" else folded


def _name(read: Reading) -> str:
    """The whole name, or first and last; one usable way is enough."""
    parts = [read.text(name, into="name", most=NAME_MAX) for name in ("FirstName", "LastName")]
    found = read.text("Name", into="name", most=NAME_MAX) or " ".join(filter(None, parts))
    if len(found) > NAME_MAX:
        read.leave("name", "too_long")
        return ""
    if found:
        read.left_out.clear()
    return found


def _changed_ms(read: Reading) -> int | None:
    for name in ("LastModified", "DateCreated"):
        found = read.moment(name, into="changed_at")
        if found is None:
            continue
        if EARLIEST <= found <= datetime.now(UTC) + CLOCKS_APART:
            return (found - EPOCH) // timedelta(milliseconds=1)
        read.leave("changed_at", "not_a_date")
    return None


def _check_id(raw: Mapping[str, Any], wanted: str) -> None:
    """Refuse another object than was asked for. Raises: Unusable."""
    found = raw.get("Id")
    if found is not None and str(found).casefold() != wanted.casefold():
        raise Unusable("other_object")


def _json(value: object) -> bytes:
    """What came out of JSON, as JSON again. Raises: Unusable when it nests too deep for that."""
    try:
        return msgspec.json.encode(value, order="deterministic")
    except (RecursionError, ValueError):
        raise Unusable("too_deep") from None


def _is_clean(text: str) -> bool:
    """Whether a text has no control characters but those of layout, and can be encoded."""
    return all(
        letter in "\t\n\r" or unicodedata.category(letter) not in {"Cc", "Cs"} for letter in text
    )


def _once(read: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read.left_out))
