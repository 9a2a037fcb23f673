"""The part of IntakeQ's API that the gateway calls: lists of a hundred, a key, limits, 429."""

import hmac
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post, put
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from lmhg_stack.intakeq.faults import Faults
from lmhg_stack.intakeq.limits import CallLimits
from lmhg_stack.intakeq.objects import (
    CLINICIANS,
    INTAKE_SUMMARY,
    NOTE_SUMMARY,
    SERVICES,
    Object,
    client_row,
    summary,
)
from lmhg_stack.intakeq.practice import DELETED, Practice, Unknown

PAGE = 100
RETRY_AFTER_S = 60
NOTE_STATUS = {1: "locked", 2: "unlocked"}

Page = Annotated[int, QueryParameter(name="page", ge=1)]
Since = Annotated[date | None, QueryParameter(name="updatedSince")]
ClientId = Annotated[int | None, QueryParameter(name="clientId")]
Start = Annotated[date | None, QueryParameter(name="startDate")]
End = Annotated[date | None, QueryParameter(name="endDate")]
Deleted = Annotated[bool | None, QueryParameter(name="deletedOnly")]
Status = Annotated[str | None, QueryParameter(name="status")]
Search = Annotated[str | None, QueryParameter(name="client")]


def check_call(connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
    """Refuse a call without the key, then a call over the limits; IntakeQ does it in text."""
    key: str = connection.app.state.api_key
    if not hmac.compare_digest(connection.headers.get("X-Auth-Key", "").encode(), key.encode()):
        raise HTTPException(status_code=401, detail="Invalid API key")
    fault: Faults = connection.app.state.faults
    if status := fault.next():
        headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 429 else None
        raise HTTPException(status_code=status, detail="Not now", headers=headers)
    limits: CallLimits = connection.app.state.limits
    if not limits.take():
        raise HTTPException(
            status_code=429,
            detail="Rate limit exceeded",
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )


@get("/clients")
async def clients(  # noqa: PLR0917 - the documented query
    state: State,
    search: Annotated[str | None, QueryParameter(name="search")] = None,
    profile: Annotated[str | None, QueryParameter(name="includeProfile")] = None,
    updated_from: Annotated[date | None, QueryParameter(name="dateUpdatedStart")] = None,
    external: Annotated[str | None, QueryParameter(name="externalClientId")] = None,
    deleted: Deleted = None,
    page: Page = 1,
) -> list[Object]:
    """Clients; without includeProfile a short form with another id key."""
    rows = _practice(state).all(DELETED["client"] if deleted else "client")
    if external:
        rows = [row for row in rows if row["ExternalClientId"] == external]
    if search:
        rows = [row for row in rows if _names(row, search)]
    if updated_from:
        rows = [row for row in rows if _day(row["LastUpdateDate"]) >= updated_from]
    full = str(profile).lower() == "true"
    return _page(rows if full else [client_row(row) for row in rows], page)


@get("/clients/profile/{client_id:int}")
async def client_profile(state: State, client_id: FromPath[int]) -> Object:
    """One client's full profile."""
    return _found(state, "client", str(client_id))


@get("/appointments")
async def appointments(  # noqa: PLR0917 - the documented query
    state: State,
    since: Since = None,
    start: Start = None,
    end: End = None,
    client: Search = None,
    status: Status = None,
    deleted: Deleted = None,
    page: Page = 1,
) -> list[Object]:
    """Appointments, oldest first."""
    rows = _practice(state).all(DELETED["appointment"] if deleted else "appointment")
    if since:
        rows = [row for row in rows if _day(row["LastModified"]) >= since]
    if start:
        rows = [row for row in rows if _day(row["StartDate"]) >= start]
    if end:
        rows = [row for row in rows if _day(row["StartDate"]) <= end]
    if client:
        rows = [row for row in rows if _mentions(row, client)]
    if status:
        rows = [row for row in rows if row["Status"] == status]
    return _page(rows, page)


@get("/appointments/{appointment_id:str}")
async def appointment(state: State, appointment_id: FromPath[str]) -> Object:
    """One appointment."""
    return _found(state, "appointment", appointment_id)


@get("/appointments/settings")
async def appointment_settings() -> Object:
    """Who can be booked for what, and where."""
    return {
        "Locations": [{"Id": "1", "Name": "Main"}],
        "Services": [{"Id": key, "Name": name, "Duration": m} for key, name, m in SERVICES],
        "Practitioners": [
            {"Id": key, "CompleteName": name, "Email": email} for key, name, email in CLINICIANS
        ],
    }


@post("/clients", status_code=200)
async def save_client(state: State, data: JSONBody[Object]) -> Object:
    """A client changed or added; there is no key that makes a repetition harmless."""
    try:
        return _practice(state).save_client(data)
    except Unknown:
        raise HTTPException(status_code=404, detail="Not found") from None


@post("/appointments", status_code=200)
async def add_appointment(state: State, data: JSONBody[Object]) -> Object:
    """An appointment added; the same again makes a second one."""
    return _saved(state, {**data, "Id": None})


@put("/appointments", status_code=200)
async def move_appointment(state: State, data: JSONBody[Object]) -> Object:
    """An appointment moved; its id is in the body."""
    return _saved(state, data)


@post("/appointments/cancellation", status_code=200)
async def cancel_appointment(state: State, data: JSONBody[Object]) -> Object:
    """An appointment called off."""
    try:
        _practice(state).cancel(str(data.get("AppointmentId")))
    except Unknown:
        raise HTTPException(status_code=404, detail="Not found") from None
    return _found(state, "appointment", str(data.get("AppointmentId")))


def _saved(state: State, data: Object) -> Object:
    try:
        return _practice(state).save_appointment(data)
    except Unknown:
        raise HTTPException(status_code=404, detail="Not found") from None
    except (KeyError, TypeError, ValueError):
        raise HTTPException(status_code=400, detail="Invalid appointment") from None


@get("/intakes/summary")
async def intakes(
    state: State,
    since: Since = None,
    client: Search = None,
    client_id: ClientId = None,
    page: Page = 1,
) -> list[Object]:
    """Submitted intake forms without their questions."""
    rows = _of_client(_practice(state).all("intake"), client, client_id)
    if since:
        rows = [row for row in rows if _day(row["DateSubmitted"]) >= since]
    return _page([summary(row, INTAKE_SUMMARY) for row in rows], page)


@get("/intakes/{intake_id:str}")
async def intake(state: State, intake_id: FromPath[str]) -> Object:
    """One full intake form."""
    return _found(state, "intake", intake_id)


@get("/notes/summary")
async def notes(  # noqa: PLR0917 - the documented query
    state: State,
    since: Since = None,
    client: Search = None,
    client_id: ClientId = None,
    status: Annotated[int | None, QueryParameter(name="status")] = None,
    page: Page = 1,
) -> list[Object]:
    """Treatment notes without their text; status 1 is locked, 2 unlocked."""
    rows = _of_client(_practice(state).all("note"), client, client_id)
    if since:
        rows = [row for row in rows if _day(row["Date"]) >= since]
    if status is not None:
        rows = [row for row in rows if row["Status"] == NOTE_STATUS.get(status)]
    return _page([summary(row, NOTE_SUMMARY) for row in rows], page)


@get("/notes/{note_id:str}")
async def note(state: State, note_id: FromPath[str]) -> Object:
    """One full note."""
    return _found(state, "note", note_id)


def _practice(state: State) -> Practice:
    return state.practice


def _found(state: State, kind: str, key: str) -> Object:
    try:
        return _practice(state).get(kind, key)
    except Unknown:
        raise HTTPException(status_code=404, detail="Not found") from None


def _page(rows: list[Object], page: int) -> list[Object]:
    return rows[(page - 1) * PAGE : page * PAGE]


def _day(moment_ms: int) -> date:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).date()


def _names(row: Object, search: str) -> bool:
    needle = search.lower()
    return any(needle in str(row[field] or "").lower() for field in ("Name", "Email", "Phone")) or (
        needle == str(row["ClientId"])
    )


def _mentions(row: Object, client: str) -> bool:
    needle = client.lower()
    return needle in row["ClientName"].lower() or needle in row["ClientEmail"].lower()


def _of_client(rows: Iterable[Object], client: str | None, client_id: int | None) -> list[Object]:
    found = [row for row in rows if client_id is None or row["ClientId"] == client_id]
    return [row for row in found if client is None or _mentions(row, client)]


def text_error(_: Request[Any, Any, State], error: HTTPException) -> Response[str]:
    """IntakeQ answers errors in text."""
    return Response(
        error.detail, status_code=error.status_code, media_type="text/plain", headers=error.headers
    )


ROUTER = Router(
    path="/api/v1",
    guards=[check_call],
    route_handlers=[
        clients, client_profile, save_client, appointments, appointment_settings, appointment,
        add_appointment, move_appointment, cancel_appointment, intakes, intake, notes, note,
    ],
)  # fmt: skip
