"""Sends odd values to every place of every route, and names the route, place and value of a 5xx.

Requests go to the ASGI application itself, byte for byte as a socket would bring them, because a
client library refuses to send half of them.
"""

import asyncio
import os
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote
from zlib import crc32

import msgspec
import structlog

from lmhg_kit.http.csrf import HEADER, SAFE_METHODS
from lmhg_kit.http.edge import Edge
from lmhg_quality.odd.places import PATH_PART, Place, places
from lmhg_quality.odd.values import (
    ALONE,
    BODIES,
    FORM,
    HEADERS,
    IGNORED,
    JSON,
    JSON_VALUES,
    LENGTHS,
    TEXTS,
)

API = "/api/"
SHARE = 4
NOWHERE = str(uuid.UUID(int=77))
FIELDS_A_REQUEST = 60
MIXED = ("NUL", "4,301 digits", "last day")
"""What the other roles, and strangers, send in turn."""
ENDS = re.compile(r"sign-out|sessions|password|offboard|roles")
"""Routes that may end a session."""
LONG_FROM = 10_000
"""Bytes from which a form holds one such text: two of them would be refused for their size."""
PROGRAMS = ("/api/", "/oauth/")
"""Where an Authorization header is read."""


NOT_HERE = (b"store_missing", b"No document store is set up")
"""Answers that say what the ground of these tests leaves out: a document store. They are no fault."""


@dataclass(frozen=True)
class Visitor:
    """Who asks: the Cookie header and the token for forms, or neither."""

    name: str
    cookie: str = ""
    token: str = ""


STRANGER = Visitor("a stranger")
Enter = Callable[[str], Awaitable[Visitor]]
"""Signs in with a role, each time afresh: a route may end the session that it is asked in."""


@dataclass(frozen=True)
class Attempt:
    """One request, with what is odd about it by place."""

    place: Place
    odd: Mapping[str, str]
    """Place to the name of the odd value."""
    path: bytes
    query: Sequence[tuple[str, bytes]] = ()
    form: Sequence[tuple[str, bytes]] | None = None
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: tuple[bytes, bytes] | None = None


@dataclass
class Driver:
    """Drives one application; `known` gives ids of records that exist, by the path's name."""

    edge: Edge
    enter: Enter
    roles: Sequence[str]
    host: str
    peer: str
    known: Mapping[str, str] = field(default_factory=dict[str, str])
    sent: int = 0
    failures: list[str] = field(default_factory=list[str])
    _troubles: list[str] = field(default_factory=list[str])
    _entered: dict[str, Visitor] = field(default_factory=dict[str, Visitor])
    _turn: int = 0

    async def run(self, found: Sequence[Place] | None = None) -> list[str]:
        """What broke, one sentence each."""
        structlog.configure(processors=[self._listen])
        for place in found or places(self.edge):
            await self._one(place)
        return self.failures

    async def _one(self, place: Place) -> None:
        allowed = [role for role in self.roles if self._admits(place, role)]
        main = allowed[0] if allowed else None
        for role in (None, *self.roles):
            who = await self._visitor(role, afresh=role == main)
            plain = await self._status(_attempt(place, self.known), who)
            may = {503} if plain == 503 else set[int]()
            is_main = role == main and place.method != "OPTIONS"
            for attempt in self._attempts(place, all_of_them=is_main):
                status = await self._status(attempt, who)
                if self._is_bad(status) and status not in may:
                    self.failures.append(await self._named(attempt, who, status))
                elif (role and status == 401) or (role and status == 303 and self._is_out(place)):
                    who = await self._visitor(role, afresh=True)

    async def _visitor(self, role: str | None, *, afresh: bool) -> Visitor:
        if role is None:
            return STRANGER
        if afresh or role not in self._entered:
            self._entered[role] = await self.enter(role)
        return self._entered[role]

    def _is_out(self, place: Place) -> bool:
        """Whether the route may have ended the session that asked."""
        return ENDS.search(place.path) is not None

    def _attempts(self, place: Place, *, all_of_them: bool) -> Iterator[Attempt]:
        if all_of_them:
            yield from _every(place, self.known)
        else:
            self._turn += 1
            yield _everywhere(place, self.known, MIXED[self._turn % len(MIXED)])

    def _admits(self, place: Place, role: str) -> bool:
        permission = place.access.permission if place.access else None
        return bool(permission) and self.edge.inner.state["gate"].allows([role], permission)

    def _is_bad(self, status: int) -> bool:
        return status >= 500 or status == 0

    async def _named(self, attempt: Attempt, who: Visitor, status: int) -> str:
        """Which of several odd places it is: each is tried alone."""
        trouble = "; ".join(dict.fromkeys(self._troubles)) or "no line in the log"
        odd = dict(attempt.odd)
        if len(odd) > 1:
            for place, value in attempt.odd.items():
                alone = _only(attempt, place, self.known)
                if self._is_bad(await self._status(alone, who)):
                    odd = {place: value}
                    break
        where = ", ".join(f"{place} = {value}" for place, value in odd.items())
        return f"{attempt.place.method} {attempt.place.path} as {who.name}: {where}: {status or 'raised'} ({trouble})"

    async def _status(self, attempt: Attempt, who: Visitor) -> int:
        """The answer's status; 0 where the application raised, logged an error or showed a traceback."""
        self._troubles.clear()
        self.sent += 1
        try:
            status, body = await ask(self.edge, attempt, who, host=self.host, peer=self.peer)
        except Exception as raised:  # noqa: BLE001 - whatever escapes is what is looked for
            self._troubles.append(f"raised {type(raised).__name__}")
            return 0
        if b"Traceback (most recent" in body:
            self._troubles.append("shows a traceback")
        if status == 503 and any(code in body for code in NOT_HERE):
            return 404
        return 0 if self._troubles and status < 500 else status

    def _listen(self, _: object, method: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ANN401 - structlog's
        if event.get("event") == "http.failed" or method in {"error", "critical", "exception"}:
            failure = event.get("exc_info")
            self._troubles.append(f"{event.get('event')} {type(failure).__name__}")
        raise structlog.DropEvent


async def ask(
    edge: Edge, attempt: Attempt, who: Visitor, *, host: str, peer: str
) -> tuple[int, bytes]:
    """Status and body of one request."""
    kind, body = attempt.body or (FORM if attempt.form is not None else b"", b"")
    if attempt.form is not None and not attempt.body:
        body = b"&".join(quote(name).encode() + b"=" + value for name, value in attempt.form)
    headers = {
        b"host": host.encode(),
        b"cookie": who.cookie.encode(),
        HEADER.encode(): who.token.encode(),
        b"content-type": kind,
        b"content-length": str(len(body)).encode(),
        **dict(attempt.headers),
    }
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": attempt.place.method,
        "scheme": "http",
        "path": unquote(attempt.path.decode("ascii")),
        "raw_path": attempt.path,
        "root_path": "",
        "query_string": b"&".join(quote(n).encode() + b"=" + v for n, v in attempt.query),
        "headers": [(name, value) for name, value in headers.items() if value],
        "client": (peer, 4711),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    return await _exchange(edge, scope, body)


async def _exchange(edge: Edge, scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    status, parts = 0, list[bytes]()
    told = asyncio.Event()

    async def receive() -> Any:  # noqa: ANN401 - ASGI
        if waiting:
            return waiting.pop()
        # Whoever asked stays for the whole answer.
        await told.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            told.set()

    await edge(scope, receive, send)
    return status, b"".join(parts)


def _attempt(place: Place, known: Mapping[str, str]) -> Attempt:
    """The request with nothing odd in it."""

    def part(found: Any) -> str:  # noqa: ANN401 - a match
        name, kind = found[1], found[2] or "str"
        return known.get(name) or {"uuid": NOWHERE, "int": "1"}.get(kind, "x")

    form = None
    if place.method not in SAFE_METHODS:
        form = [(name, quote(values[0]).encode()) for name, (_, values) in place.form.items()]
    return Attempt(place, {}, PATH_PART.sub(part, place.path).encode(), form=form)


def _texts(place: Place) -> list[str]:
    """The odd texts that a place gets: all in `make fuzz`, else every fourth, another one in each place."""
    if os.environ.get("LMHG_ODD") == "all":
        return list(TEXTS)
    turn = crc32(f"{place.method} {place.path}".encode()) % SHARE
    return [value for n, value in enumerate(TEXTS) if n % SHARE == turn]


def _every(place: Place, known: Mapping[str, str]) -> Iterator[Attempt]:
    """The odd values of a place in every part of it, several parts a request."""
    plain = _attempt(place, known)
    for value in _texts(place):
        yield _everywhere(place, known, value)
        yield from _in_path(plain, known, value)
        if plain.form is not None:
            yield from _in_form(plain, value)
    for value in ALONE:
        for name in place.asked if plain.form is None else ():
            yield replace(plain, query=[(name, TEXTS[value])], odd={f"query {name}": value})
    yield replace(
        plain,
        headers=[pair for each in IGNORED for pair in HEADERS[each]],
        odd={f"header {each}": each for each in IGNORED},
    )
    for name, headers in HEADERS.items():
        if name not in IGNORED and (place.path.startswith(PROGRAMS) or "Authorization" not in name):
            yield replace(plain, headers=headers, odd={f"header {name}": name})
    if plain.form is not None:
        yield from _bodies(plain)


def _everywhere(place: Place, known: Mapping[str, str], value: str) -> Attempt:
    plain, text = _attempt(place, known), TEXTS[value]
    names = place.names[:FIELDS_A_REQUEST]
    odd = {f"query {name}": value for name in names} or {"query q": value}
    form = None
    if plain.form is not None:
        form = [(name, text) for name in names]
        odd |= {f"field {name}": value for name in names}
    return replace(plain, query=[(name, text) for name in names or ("q",)], form=form, odd=odd)


def _in_path(plain: Attempt, known: Mapping[str, str], value: str) -> Iterator[Attempt]:
    text = TEXTS[value].replace(b"/", b"%2f") or b"%20"
    for name, _ in plain.place.parts:
        path = PATH_PART.sub(
            lambda found, name=name: (
                "\x01"
                if found[1] == name
                else known.get(found[1])
                or {"uuid": NOWHERE, "int": "1"}.get(found[2] or "str", "x")
            ),
            plain.place.path,
        )
        yield replace(plain, path=path.encode().replace(b"\x01", text), odd={f"path {name}": value})


def _in_form(plain: Attempt, value: str) -> Iterator[Attempt]:
    """Odd texts among values that pass, and odd numbers and dates beside texts that pass."""
    texts = {name for name, (is_text, _) in plain.place.form.items() if is_text}
    groups = [{name} for name in texts] if len(TEXTS[value]) > LONG_FROM else [texts]
    for odd in (*groups, set(plain.place.form) - texts):
        if odd:
            form = [(n, TEXTS[value] if n in odd else v) for n, v in plain.form or ()]
            yield replace(plain, form=form, odd={f"field {name}": value for name in sorted(odd)})
    twice = [*(plain.form or ()), *((name, TEXTS[value]) for name in plain.place.form)]
    yield replace(plain, form=twice, odd={"every field twice": value})


def _bodies(plain: Attempt) -> Iterator[Attempt]:
    for name, body in BODIES.items():
        yield replace(plain, body=body, odd={"body": name})
    for name, length in LENGTHS.items():
        yield replace(plain, headers=((b"content-length", length),), odd={f"header {name}": name})
    if not plain.place.path.startswith(API):
        return
    fits = {name: values[0] for name, (_, values) in plain.place.form.items()}
    for name, value in JSON_VALUES.items():
        for place in plain.place.form:
            body = msgspec.json.encode({**fits, place: _shown(value)})
            yield replace(plain, body=(JSON, body), odd={f"JSON {place}": name})


def _shown(value: object) -> object:
    return msgspec.Raw(str(value).encode()) if isinstance(value, int) and value > 2**62 else value


def _only(attempt: Attempt, place: str, known: Mapping[str, str]) -> Attempt:
    """The same request with nothing odd but in this place."""
    plain = _attempt(attempt.place, known)
    kind, _, name = place.partition(" ")
    if kind == "header":
        return replace(attempt, headers=HEADERS.get(name, attempt.headers), odd={place: name})
    query = [pair for pair in attempt.query if kind == "query" and pair[0] == name]
    form = plain.form
    if form is not None and kind == "field":
        given = dict(attempt.form or ())
        form = [(n, given[n] if n == name else v) for n, v in form]
    return replace(plain, query=query, form=form, odd={place: attempt.odd[place]})
