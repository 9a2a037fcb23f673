"""Structured logs: JSON lines on stderr, ids and codes only.

Every event passes one redactor. A key that is not on the list below is dropped and its name kept
under `dropped`, so a value cannot reach a log by accident; an exception leaves as its class name,
its code and where it was raised, never its text, because driver text repeats row values.
"""

import logging
import sys
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import msgspec
import structlog

from lmhg_kit.errors import LmhgError

ALLOWED_KEYS = frozenset(
    {
        "act", "actor", "age_s", "attempt", "batch", "bytes", "calls_left",
        "calls_left_minute", "code", "count",
        "delivery_id", "direction", "duration_ms", "environment", "epoch", "error", "event", "gate", "held",
        "incident_id", "job", "kind", "ledger", "level", "listen", "logger", "method", "n", "outcome",
        "path", "peer", "phase", "plane", "policy", "process", "reason", "record_id", "refused", "request_id",
        "retry_after_s", "role", "route", "rule", "signal", "site", "size", "status", "timestamp",
        "version", "waiting", "where", "zone",
    }
)  # fmt: skip
VALUE_MAX = 200


def configure(*, process: str, level: str = "info") -> None:
    """Log JSON lines on stderr for this process, standard library loggers included."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
        structlog.processors.JSONRenderer(serializer=_as_json),
    ]
    structlog.configure(
        processors=shared,
        wrapper_class=structlog.make_filtering_bound_logger(_level(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    root = logging.getLogger()
    root.handlers[:] = [_StandardHandler()]
    root.setLevel(max(_level(level), logging.WARNING))


def _as_json(event: object, **_: object) -> str:
    return msgspec.json.encode(event).decode()


def get_logger() -> Any:  # noqa: ANN401 - structlog's bound loggers are typed Any
    """A logger that takes an event name and known keys."""
    return structlog.get_logger()


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep known keys with short plain values; turn an exception into class, code and place."""
    failure = event.pop("exc_info", None)
    if failure:
        event.update(_failure_facts(failure))
    dropped = sorted(key for key in event if key not in ALLOWED_KEYS)
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = dropped
    for key, value in event.items():
        if key != "dropped" and not isinstance(value, (bool, int, float, type(None))):
            event[key] = str(value)[:VALUE_MAX]
    return event


def _failure_facts(failure: object) -> dict[str, str]:
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, tuple):
        failure = failure[1]
    if not isinstance(failure, BaseException):
        return {}
    facts = {"error": type(failure).__name__, "where": _where(failure.__traceback__)}
    code = getattr(failure, "code", None) or getattr(failure, "sqlstate", None)
    if isinstance(code, str):
        facts["code"] = code
    if isinstance(failure, LmhgError) and failure.phase:
        facts["phase"] = failure.phase
    return facts


def _where(trace: TracebackType | None) -> str:
    """File and line of the innermost frame of ours, or of the innermost frame at all."""
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "?")
        if name.startswith("lmhg_") or not place:
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _level(name: str) -> int:
    return logging.getLevelNamesMapping().get(name.upper(), logging.INFO)


class _StandardHandler(logging.Handler):
    """Sends a library's record through the redactor: its logger and level, not its message."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, "library", logger=record.name, exc_info=record.exc_info
        )
