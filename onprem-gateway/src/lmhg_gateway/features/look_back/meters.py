"""What monitoring sees of looking back: counts and times, nothing about anybody."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge


class Meters:
    """The figures of one worker process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Gauge(
            "lmhg_look_back_pass_seconds",
            "How long the last pass took.",
            ("scope",),
            registry=registry,
        )
        self._finished = Gauge(
            "lmhg_look_back_finished_timestamp_seconds",
            "When the last pass finished.",
            ("scope",),
            registry=registry,
        )
        self._texts = Counter(
            "lmhg_look_back_texts", "Texts searched.", ("scope",), registry=registry
        )
        self._found = Counter(
            "lmhg_look_back_found", "Texts that name a client.", ("scope",), registry=registry
        )

    def passed(
        self, scope: str, *, started: datetime, finished: datetime, texts: int, found: int
    ) -> None:
        """Count one finished pass."""
        self._seconds.labels(scope).set((finished - started).total_seconds())
        self._finished.labels(scope).set(finished.timestamp())
        self._texts.labels(scope).inc(texts)
        self._found.labels(scope).inc(found)
