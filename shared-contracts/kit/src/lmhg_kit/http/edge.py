"""The outermost layer of a web process: nothing of ours runs before it.

It gives the request its id, decides the zone, bounds the time, adds the headers to every answer,
counts, and writes one access line that holds no value of the request.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from lmhg_kit.http.headers import security_headers
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.origins import parse_place
from lmhg_kit.http.visit import Visit, put_visit, route_of
from lmhg_kit.http.zones import ZoneRefused, Zones, visitor_address
from lmhg_kit.logs import get_logger

KNOWN_MAX = 1024
"""Addresses and host names whose judgement is remembered; it depends on the settings alone."""
REQUEST_LIMIT_S = 60.0
"""The longest a request may take, download included."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = get_logger()
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, kw_only=True)
class EdgePolicy:
    """What the edge of one application enforces."""

    zones: Zones
    public_url: str
    production: bool
    form_origins: tuple[str, ...] = ()

    def is_own_host(self, host: str) -> bool:
        """Whether a Host header names us; in development any loopback name does."""
        if host.lower() == urlsplit(self.public_url).netloc.lower():
            return True
        try:
            name, _ = parse_place(host)
        except ValueError:
            return False
        return not self.production and name in _LOOPBACK_NAMES


class Edge:
    """Wraps an ASGI app; keeps it as `inner`."""

    def __init__(self, inner: Any, *, policy: EdgePolicy, metrics: HttpMetrics) -> None:  # noqa: ANN401 - any ASGI app
        self.inner = inner
        self.metrics = metrics
        self._policy = policy
        self._judge = lru_cache(KNOWN_MAX)(self._judged)
        self._is_own_host = lru_cache(KNOWN_MAX)(policy.is_own_host)
        self._headers = security_headers(
            production=policy.production, form_origins=policy.form_origins
        )

    def _judged(self, peer: str | None, forwarded: tuple[str, ...]) -> tuple[str, bool]:
        """The visitor's address, and whether it is inside. Raises: ZoneRefused."""
        zones = self._policy.zones
        address = visitor_address(peer, forwarded, trusted=zones.trusted)
        return str(address), zones.is_inside(address)

    def allow_forms(self, origins: tuple[str, ...]) -> None:
        """Where forms may lead besides the policy's own list: known only while running."""
        own = self._policy.form_origins
        allowed = (*own, *(origin for origin in origins if origin not in own))
        self._headers = security_headers(production=self._policy.production, form_origins=allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope; only HTTP and the lifespan exist here."""
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
        elif scope["type"] == "http":
            await _Exchange(self, scope, send).run(receive)

    def admit(self, scope: Scope) -> tuple[Visit, int]:
        """The visit, and 0 or the status that turns it away."""
        visit = Visit(request_id=uuid.uuid4().hex, address="", inside=False)
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        forwarded = [v.decode("latin-1") for k, v in headers if k == b"x-forwarded-for"]
        hosts = [v.decode("latin-1") for k, v in headers if k == b"host"]
        peer = (scope.get("client") or (None,))[0]
        try:
            visit.address, visit.inside = self._judge(peer, tuple(forwarded))
        except ZoneRefused as refused:
            return visit, self._turn_away(visit, refused.code, status=400)
        if not visit.inside:
            return visit, self._turn_away(visit, "outside", status=404)
        if len(hosts) != 1 or not self._is_own_host(hosts[0]):
            return visit, self._turn_away(visit, "host", status=421)
        return visit, 0

    def _turn_away(self, visit: Visit, reason: str, *, status: int) -> int:
        """Log the attempt; a process with approved networks admits to nothing but 404."""
        self.metrics.refused(reason)
        _log.warning(
            "http.zone_refused", reason=reason, peer=visit.address, request_id=visit.request_id
        )
        return 404 if self._policy.zones.approved is not None else status

    def decorate(self, headers: list[tuple[bytes, bytes]], visit: Visit) -> None:
        """Add our headers to an answer."""
        present = {name.lower() for name, _ in headers}
        headers.extend(pair for pair in self._headers if pair[0] not in present)
        if b"cache-control" not in present:
            headers.append((b"cache-control", b"no-store"))
        headers.append((b"x-request-id", visit.request_id.encode()))
        headers.extend((b"set-cookie", line.encode()) for line in visit.set_cookies)


class _Exchange:
    """One request and its answer."""

    def __init__(self, edge: Edge, scope: Scope, send: Send) -> None:
        self._edge = edge
        self._method = str(scope["method"])
        # HEAD is GET without the body, wherever there is a GET (RFC 9110, 9.3.2).
        self._scope = {**scope, "method": "GET"} if self._method == "HEAD" else scope
        self._send = send
        self._status = 0
        self._visit, self._refused = edge.admit(scope)
        put_visit(self._scope, self._visit)

    async def run(self, receive: Receive) -> None:
        started = time.perf_counter()
        try:
            if self._refused:
                await self._plain(self._refused)
            else:
                async with asyncio.timeout(REQUEST_LIMIT_S):
                    await self._edge.inner(self._scope, receive, self._respond)
        except Exception as failure:  # noqa: BLE001 - the last line before the server's own
            _log.error("http.failed", exc_info=failure, request_id=self._visit.request_id)
            if not self._status:
                await self._plain(503 if isinstance(failure, TimeoutError) else 500)
        finally:
            self._account(time.perf_counter() - started)

    async def _respond(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = headers = list(message.get("headers", []))
            self._edge.decorate(headers, self._visit)
        elif self._method == "HEAD":
            message["body"] = b""
        await self._send(message)

    async def _plain(self, status: int) -> None:
        body = b"not found\n" if status == 404 else b"request " + self._visit.request_id.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await self._respond({"type": "http.response.start", "status": status, "headers": headers})
        await self._respond({"type": "http.response.body", "body": body})

    def _account(self, seconds: float) -> None:
        route = route_of(self._scope)
        method = self._method
        self._edge.metrics.answered(route, method=method, status=self._status, seconds=seconds)
        _log.info(
            "http.answered",
            request_id=self._visit.request_id,
            route=route,
            method=method,
            status=self._status,
            duration_ms=round(seconds * 1000, 1),
            zone=self._visit.zone,
        )
