"""What others may see of a running half: JSON logs, metrics, health. Ids and codes only."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REQUEST_TIMEOUT_S = 2.0
REQUEST_MAX_BYTES = 8192
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def configure_logs(level: str) -> None:
    """JSON lines on stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            LEVELS.get(level.lower(), logging.INFO)
        ),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    logging.getLogger().addHandler(logging.NullHandler())


class Metrics:
    """Numbers of one half."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.lag = Gauge("lmhg_relay_waiting_rows", "Outbox rows undecided", registry=registry)
        self.oldest = Gauge(
            "lmhg_relay_oldest_waiting_s", "Age of the oldest undecided row", registry=registry
        )
        self.epoch = Gauge("lmhg_relay_epoch", "Fencing epoch", registry=registry)
        self.open = Gauge("lmhg_relay_open_batches", "Batches without receipt", registry=registry)
        self.heard = Gauge(
            "lmhg_relay_last_heard_timestamp_s", "When the peer was heard", registry=registry
        )
        self.running = Gauge("lmhg_relay_running", "1 while the sender runs", registry=registry)
        self.ledger = Gauge("lmhg_relay_ledger_entries", "Size of the ledger", registry=registry)
        self.alarms = Counter("lmhg_relay_alarms", "Alarms", ["code"], registry=registry)
        self.decisions = Counter("lmhg_relay_sent_entries", "Entries sent", registry=registry)
        self.applied = Counter("lmhg_relay_applied_entries", "Entries applied", registry=registry)
        self.restarts = Counter(
            "lmhg_relay_half_restarts", "Restarts from the database", ["code"], registry=registry
        )
        self.commits = Histogram(
            "lmhg_relay_commit_seconds", "Length of commits", ["what"], registry=registry
        )

        self.delay = Gauge(
            "lmhg_relay_delayed_s", "Age of what holds records up", ["code"], registry=registry
        )

    def set_delays(self, found: Mapping[str, float]) -> None:
        """Exactly these causes stand."""
        self.delay.clear()
        for code, age_s in found.items():
            self.delay.labels(code).set(age_s)

    def text(self) -> bytes:
        """The page that a collector reads."""
        return generate_latest(self.registry)


class PrivatePage:
    """A tiny listener for /metrics, /health/live and /health/ready."""

    def __init__(self, metrics: Metrics, *, causes: Callable[[], Sequence[str]]) -> None:
        """`causes` tells why the half is not ready, as codes; with none it is ready."""
        self._metrics = metrics
        self._causes = causes
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, host, port)

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                line = await reader.readline()
            status, kind, body = self._page(line[:REQUEST_MAX_BYTES])
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    def _page(self, line: bytes) -> tuple[str, str, bytes]:
        path = line.split(b" ")[1] if line.count(b" ") >= 2 else b""
        if path == b"/metrics":
            return "200 OK", "text/plain; version=0.0.4", self._metrics.text()
        if path == b"/health/live":
            return "200 OK", "application/json", b'{"status":"live"}'
        if path == b"/health/ready":
            causes = list(self._causes())
            if not causes:
                return "200 OK", "application/json", b'{"status":"ready"}'
            body = json.dumps({"status": "not_ready", "causes": causes}).encode()
            return "503 Service Unavailable", "application/json", body
        return "404 Not Found", "text/plain", b""
