"""IntakeQ's API: read-only, within its call budget. Its PascalCase ends here.

Shapes and traps: IntakeQ writes a client's id under four names, dates in two encodings, and
"canceled" in two spellings; this module returns one of each. Errors carry a phase and a delay,
never a body.
"""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from lmhg_kit.errors import Unavailable

TIMEOUT_S = 15.0
RETRY_AFTER_S = 60
BODY_MAX_BYTES = 4_000_000


class Retry(Unavailable):
    """The call did not succeed now; `after_s` says when to try again."""

    code = "intakeq_retry"

    def __init__(self, phase: str, *, after_s: int) -> None:
        super().__init__(phase=phase)
        self.after_s = after_s


class Gone(Unavailable):
    """IntakeQ does not have the object, or no longer."""

    code = "intakeq_gone"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A client's profile, as far as we keep it."""

    number: str
    name: str
    email: str | None
    phone: str | None
    mobile: str | None
    birth_date: date | None
    address: str | None
    payer: str | None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment. `changed_ms` orders what we saw of it."""

    id: str
    client_number: str
    status: str
    starts_at: datetime
    ends_at: datetime
    clinician_email: str
    service: str | None
    place: str | None
    changed_ms: int


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A submitted intake; `answers` is JSON text."""

    id: str
    client_number: str
    status: str
    name: str
    submitted_at: datetime | None
    answers: str


class LockedNote(msgspec.Struct, frozen=True, kw_only=True):
    """A locked note; `content` is what a re-lock is compared by, and is never stored."""

    id: str
    client_number: str
    title: str
    at: datetime
    content: bytes


class IntakeQ:
    """The calls that the worker makes."""

    def __init__(self, *, url: str, api_key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"X-Auth-Key": api_key, "Accept": "application/json"},
            timeout=TIMEOUT_S,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close the connection pool."""
        await self._http.aclose()

    async def person(self, number: str) -> Person:
        """A client's full profile. Raises: Retry, Gone."""
        return parse_person(await self._get(f"/clients/profile/{number}"))

    async def visit(self, visit_id: str) -> Visit:
        """An appointment. Raises: Retry, Gone."""
        return parse_visit(await self._get(f"/appointments/{visit_id}"))

    async def form(self, form_id: str) -> Form:
        """A submitted intake with its answers. Raises: Retry, Gone."""
        return parse_form(await self._get(f"/intakes/{form_id}"))

    async def note(self, note_id: str) -> LockedNote:
        """A locked note. Raises: Retry, Gone."""
        return parse_note(await self._get(f"/notes/{note_id}"))

    async def _get(self, path: str) -> dict[str, Any]:
        try:
            answer = await self._http.get(path)
        except httpx.HTTPError:
            raise Retry("connect", after_s=RETRY_AFTER_S) from None
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise Gone
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            wait = answer.headers.get("Retry-After", "")
            raise Retry("budget", after_s=int(wait) if wait.isdigit() else RETRY_AFTER_S)
        if answer.status_code != HTTPStatus.OK or len(answer.content) > BODY_MAX_BYTES:
            raise Retry("answer", after_s=RETRY_AFTER_S)
        try:
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.DecodeError:
            raise Retry("decode", after_s=RETRY_AFTER_S) from None


def parse_person(raw: dict[str, Any]) -> Person:
    """A profile, whichever of its id names was used. Raises: Retry."""
    return Person(
        number=client_number(raw),
        name=_text(raw, "Name")
        or " ".join(filter(None, (raw.get("FirstName"), raw.get("LastName")))),
        email=_text(raw, "Email"),
        phone=_text(raw, "Phone"),
        mobile=_text(raw, "MobilePhone"),
        birth_date=day_of(raw.get("DateOfBirth")),
        address=_text(raw, "Address"),
        payer=_text(raw, "PrimaryInsuranceCompany"),
    )


def parse_visit(raw: dict[str, Any]) -> Visit:
    """An appointment. Raises: Retry when it cannot be understood."""
    starts_at, ends_at = moment_of(raw.get("StartDate")), moment_of(raw.get("EndDate"))
    if starts_at is None or ends_at is None:
        raise Retry("shape", after_s=RETRY_AFTER_S)
    return Visit(
        id=str(raw.get("Id", "")),
        client_number=client_number(raw),
        status=status_of(str(raw.get("Status", ""))),
        starts_at=starts_at,
        ends_at=ends_at,
        clinician_email=(_text(raw, "PractitionerEmail") or "").casefold(),
        service=_text(raw, "ServiceName"),
        place=_text(raw, "LocationName"),
        changed_ms=int(raw.get("LastModified") or raw.get("DateCreated") or 0),
    )


def parse_form(raw: dict[str, Any]) -> Form:
    """A submitted intake."""
    answers = {"Questions": raw.get("Questions", []), "ConsentForms": raw.get("ConsentForms", [])}
    return Form(
        id=str(raw.get("Id", "")),
        client_number=client_number(raw),
        status=str(raw.get("Status", "")).casefold(),
        name=_text(raw, "QuestionnaireName") or "Intake",
        submitted_at=moment_of(raw.get("DateSubmitted")),
        answers=msgspec.json.encode(answers).decode(),
    )


def parse_note(raw: dict[str, Any]) -> LockedNote:
    """A note: what a re-lock is compared by leaves out what each lock changes."""
    compared = {key: raw.get(key) for key in ("NoteName", "Questions", "AppointmentId")}
    return LockedNote(
        id=str(raw.get("Id", "")),
        client_number=client_number(raw),
        title=_text(raw, "NoteName") or "Note",
        at=moment_of(raw.get("Date")) or datetime.now(UTC),
        content=msgspec.json.encode(compared, order="deterministic"),
    )


def client_number(raw: dict[str, Any]) -> str:
    """The client's number, from whichever name IntakeQ used; a GUID is no number."""
    for name in ("ClientNumber", "ClientIdNumber", "ClientId"):
        value = raw.get(name)
        if value is not None and str(value).isdigit():
            return str(value)
    raise Retry("shape", after_s=RETRY_AFTER_S)


def moment_of(value: object) -> datetime | None:
    """A moment from epoch milliseconds or from ISO text with any number of decimals."""
    if isinstance(value, int | float):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    if isinstance(value, str) and value:
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def day_of(value: object) -> date | None:
    """A birth date from `yyyy-MM-dd` or from epoch milliseconds, which may be negative."""
    found = moment_of(value)
    return None if found is None else found.date()


def status_of(status: str) -> str:
    """A status in lower case, with one spelling of canceled."""
    folded = status.casefold()
    return "canceled" if folded == "cancelled" else folded


def _text(raw: dict[str, Any], name: str) -> str | None:
    value = raw.get(name)
    return str(value).strip() or None if value is not None else None
