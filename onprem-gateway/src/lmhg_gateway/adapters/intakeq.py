"""IntakeQ's API. Errors carry a phase and a delay, never a body.

Ids come from outside, so each is checked by its shape before it is here and encoded into its path
here; what an answer means is the business of `intakeq_shapes`.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from lmhg_gateway.adapters.intakeq_lists import Line, Listed, ListPage, lines_of
from lmhg_gateway.adapters.intakeq_shapes import (
    Form,
    LockedNote,
    Person,
    Unusable,
    Visit,
    client_number,
    parse_form,
    parse_note,
    parse_person,
    parse_visit,
)
from lmhg_gateway.kernel.outside_json import Unreadable, read_object, read_rows
from lmhg_kit.errors import Unavailable

__all__ = [
    "Form",
    "Gone",
    "IntakeQ",
    "Line",
    "ListPage",
    "Listed",
    "LockedNote",
    "Person",
    "Retry",
    "Unusable",
    "Visit",
]

STEP_TIMEOUT_S = 15.0
CALL_MAX_S = 20.0
"""The longest a whole call may take, however slowly its answer drips."""
RETRY_AFTER_S = 60
BODY_MAX_BYTES = 4_000_000


class Retry(Unavailable):
    """The call did not succeed now; `after_s` says when to try again."""

    code = "intakeq_retry"

    def __init__(self, phase: str, *, after_s: int = RETRY_AFTER_S) -> None:
        super().__init__(phase=phase)
        self.after_s = after_s


class Gone(Unavailable):
    """IntakeQ does not have the object, or no longer."""

    code = "intakeq_gone"


class IntakeQ:
    """The calls that the worker makes."""

    def __init__(
        self, *, url: str, api_key: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"X-Auth-Key": api_key, "Accept": "application/json"},
            timeout=STEP_TIMEOUT_S,
            follow_redirects=False,
            transport=transport,
        )

    async def close(self) -> None:
        """Close the connection pool."""
        await self._http.aclose()

    async def person(self, number: str) -> Person:
        """A client's full profile. Raises: Retry, Gone, Unusable."""
        raw = await self._get("/clients/profile", number)
        if client_number(raw) != number:
            raise Unusable("other_client")
        return parse_person(raw)

    async def visit(self, visit_id: str) -> Visit:
        """An appointment. Raises: Retry, Gone, Unusable."""
        return parse_visit(await self._get("/appointments", visit_id), visit_id=visit_id)

    async def form(self, form_id: str) -> Form:
        """A submitted intake with its answers. Raises: Retry, Gone, Unusable."""
        return parse_form(await self._get("/intakes", form_id), form_id=form_id)

    async def note(self, note_id: str) -> LockedNote:
        """A locked note. Raises: Retry, Gone, Unusable."""
        return parse_note(await self._get("/notes", note_id), note_id=note_id)

    async def listed(self, wanted: ListPage) -> Listed:
        """One page of a list of what changed. Raises: Retry."""
        content = await self._content(f"{wanted.path}?{urlencode(wanted.query())}")
        try:
            return lines_of(wanted.what, read_rows(content), content=content)
        except Unreadable as unreadable:
            raise Retry(unreadable.code) from None

    async def find_client(self, external_id: str) -> Person | None:
        """The client that was sent with an id of ours. Raises: Retry, Unusable."""
        asked = urlencode({"externalClientId": external_id, "includeProfile": "true"})
        try:
            rows = read_rows(await self._content(f"/clients?{asked}"))
        except Unreadable as unreadable:
            raise Retry(unreadable.code) from None
        return parse_person(rows[0]) if rows else None

    async def bookable(self) -> Mapping[str, Any]:
        """Who can be booked for what, and where. Raises: Retry, Gone."""
        return await self._get("/appointments", "settings")

    async def save_client(self, order: Mapping[str, Any]) -> Person:
        """A client changed or added. Raises: Retry, Gone, Unusable."""
        return parse_person(await self._send("POST", "/clients", order))

    async def book(self, order: Mapping[str, Any]) -> Visit:
        """An appointment added; the same again makes a second one. Raises: Retry, Gone, Unusable."""
        return _visit_of(await self._send("POST", "/appointments", order))

    async def move(self, order: Mapping[str, Any]) -> Visit:
        """An appointment moved. Raises: Retry, Gone, Unusable."""
        return _visit_of(await self._send("PUT", "/appointments", order))

    async def cancel(self, visit_id: str, *, reason: str) -> None:
        """An appointment called off. Raises: Retry, Gone, Unusable."""
        order = {"AppointmentId": visit_id, "Reason": reason}
        await self._send("POST", "/appointments/cancellation", order)

    async def _send(self, method: str, path: str, order: Mapping[str, Any]) -> dict[str, Any]:
        content = await self._content(path, method=method, order=order)
        try:
            return read_object(content)
        except Unreadable as unreadable:
            raise Retry(unreadable.code) from None

    async def _get(self, path: str, last: str) -> dict[str, Any]:
        content = await self._content(f"{path}/{quote(last, safe='')}")
        try:
            return read_object(content)
        except Unreadable as unreadable:
            raise Retry(unreadable.code) from None

    async def _content(
        self, path: str, *, method: str = "GET", order: Mapping[str, Any] | None = None
    ) -> bytes:
        status, headers, content = await self._ask(path, method=method, order=order)
        if status == HTTPStatus.NOT_FOUND:
            raise Gone
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Retry("budget", after_s=retry_after_s(headers.get("Retry-After", "")))
        if (
            order is not None
            and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            raise Unusable("refused")
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise Retry("answer")
        if len(content) > BODY_MAX_BYTES:
            raise Retry("too_long")
        return content

    async def _ask(
        self, path: str, *, method: str, order: Mapping[str, Any] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and at most one byte more than the limit. Raises: Retry."""
        try:
            async with (
                asyncio.timeout(CALL_MAX_S),
                self._http.stream(method, path, json=order) as answer,
            ):
                content = b""
                async for part in answer.aiter_bytes():
                    content += part
                    if len(content) > BODY_MAX_BYTES:
                        break
                return answer.status_code, answer.headers, content
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise Retry("connect") from None


def _visit_of(raw: dict[str, Any]) -> Visit:
    """An appointment as IntakeQ answers that saved one. Raises: Unusable."""
    return parse_visit(raw, visit_id=str(raw.get("Id", "")))


def retry_after_s(text: str) -> int:
    """Seconds of a Retry-After header, which is a number or a date."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        return int(plain)
    try:
        wait = parsedate_to_datetime(plain) - datetime.now(UTC)
    except (ValueError, TypeError):
        return RETRY_AFTER_S
    return max(1, int(wait.total_seconds()))
