"""Counters and health of one process, on a private address of its own."""

from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)

Ready = Callable[[], Awaitable[bool | str]]
"""Whether a process is ready; a text says why it is not."""

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class HttpMetrics:
    """Requests by route template, method and status class; no label holds an id."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "lmhg_http_requests", "Requests answered.", ("route", "method", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "lmhg_http_seconds", "Time to answer.", ("route",), buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self._refused = Counter(
            "lmhg_http_zone_refused", "Requests from outside the approved networks.", ("reason",),
            registry=self.registry,
        )  # fmt: skip

    def answered(self, route: str, *, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(route, method, f"{status // 100}xx").inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count one visitor turned away by the zone."""
        self._refused.labels(reason).inc()


def private_app(registry: CollectorRegistry, *, ready: Ready) -> Any:  # noqa: ANN401 - an ASGI app
    """The ASGI app of the private address: /metrics, /health/live and /health/ready."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401, ARG001 - ASGI
        if scope["type"] != "http":
            return
        status, media_type, body = await _answer(scope["path"], registry=registry, ready=ready)
        headers = [(b"content-type", media_type.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        sent = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})

    return app


async def _answer(
    path: str, *, registry: CollectorRegistry, ready: Ready
) -> tuple[int, str, bytes]:
    if path == "/metrics":
        return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
    if path == "/health/live":
        return 200, "text/plain", b"live\n"
    if path == "/health/ready":
        is_ready = await ready()
        if is_ready is True:
            return 200, "text/plain", b"ready\n"
        why = f": {is_ready}" if is_ready else ""
        return 503, "text/plain", f"not ready{why}\n".encode()
    return 404, "text/plain", b"not found\n"
