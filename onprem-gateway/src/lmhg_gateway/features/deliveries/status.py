"""How intake is: what waits, what is held, what was refused, and what IntakeQ still allows.

One reading of the database serves the metrics, the log line of every minute and the officer's
morning page. Codes and counts only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Row, text

from lmhg_gateway.features.deliveries.calls import ACTOR, Calls
from lmhg_gateway.features.deliveries.priorities import Priority, limits_of
from lmhg_gateway.features.deliveries.repository import database_now
from lmhg_gateway.features.deliveries.rules import (
    CALLS_PER_EVENT,
    DAY,
    FORECAST_MAX,
    MINUTE,
    call_times,
)
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import ReadSession

WAITS_LONG = timedelta(hours=1)
"""A delivery that waits longer is red on the morning page."""

_WAITING = text(
    "select count(*) as waiting, min(received_at) as oldest_at,"
    " count(distinct object_token) + count(*) filter (where turn_at is null) as objects,"
    " count(*) filter (where priority > 0) as plain"
    " from ingress.delivery where result is null"
)
_HELD = text(
    "select result_code, count(*) from ingress.delivery where result = 'held'"
    " group by result_code order by result_code"
)
_REFUSED = text(
    "select coalesce(result_code, outcome), count(*) from ingress.delivery"
    " where result = 'refused' and coalesce(finished_at, received_at) > :since"
    " group by 1 order by 1"
)
_STATE = text("select per_minute, per_day, paused_until, pause_code from ingress.intake_state")
_USED = text(
    "select priority, count(*) filter (where ended_at > :minute) as minute, count(*) as day"
    " from ingress.api_call where ended_at > :day group by priority"
)
_CALLS = text("select ended_at from ingress.api_call order by ended_at desc limit :limit")
_log = get_logger()


class ClassUse(NamedTuple):
    """What one class of calls used in 24 hours, and what is left for it."""

    priority: Priority
    used_day: int
    left_minute: int
    left_day: int


@dataclass(frozen=True, kw_only=True)
class IntakeStatus:
    """Intake at one moment."""

    at: datetime
    waiting: int
    oldest_at: datetime | None
    held: Mapping[str, int]
    refused: Mapping[str, int]
    """Of the last 24 hours."""
    minute_left: int
    day_left: int
    classes: Sequence[ClassUse]
    """Each class of calls, the most urgent first."""
    next_call_at: datetime
    """When both calls that a delivery may need are free."""
    pause_code: str
    done_by: datetime | None
    """When the last of what waits will be done at the latest; None when nothing waits, or when it
    lies further ahead than is looked."""

    @property
    def oldest_s(self) -> int:
        """Seconds that the oldest delivery has waited."""
        return (
            0 if self.oldest_at is None else max(0, int((self.at - self.oldest_at).total_seconds()))
        )

    @property
    def is_late(self) -> bool:
        """Whether the oldest delivery waits too long."""
        return self.oldest_s > WAITS_LONG.total_seconds()

    @property
    def next_call_s(self) -> int:
        """Seconds until a call is free."""
        return max(0, int((self.next_call_at - self.at).total_seconds()))


async def intake_status(tx: ReadSession, *, at: datetime | None = None) -> IntakeStatus:
    """Intake now, by the database's clock."""
    now = at or await database_now(tx)
    waits = (await tx.execute(_WAITING)).one()
    state = (await tx.execute(_STATE)).one()
    used = (await tx.execute(_USED, {"minute": now - MINUTE, "day": now - DAY})).all()
    classes = class_use(
        {Priority(row.priority): (row.minute, row.day) for row in used},
        per_minute=state.per_minute,
        per_day=state.per_day,
    )
    # What waits for plain calls may use fewer than what forms may; nothing waits longer than this says.
    most = limits_of(
        Priority.WEBHOOK if waits.plain else Priority.RISK,
        per_minute=state.per_minute,
        per_day=state.per_day,
    )
    kept = await tx.execute(_CALLS, {"limit": min(state.per_day, FORECAST_MAX)})
    past = sorted(kept.scalars())
    needed = max(CALLS_PER_EVENT, waits.objects * CALLS_PER_EVENT)
    times = call_times(past, now=now, per_minute=max(1, most.minute), per_day=max(1, most.day))
    ahead = list(islice(times, min(needed, FORECAST_MAX)))
    paused_until: datetime = state.paused_until or now
    paused = paused_until > now
    later = max(paused_until - ahead[0], timedelta(0)) if paused else timedelta(0)
    known = bool(waits.objects) and needed <= FORECAST_MAX
    return IntakeStatus(
        at=now,
        waiting=waits.waiting,
        oldest_at=waits.oldest_at,
        held=_by_code(await tx.execute(_HELD)),
        refused=_by_code(await tx.execute(_REFUSED, {"since": now - DAY})),
        minute_left=classes[0].left_minute,
        day_left=classes[0].left_day,
        classes=classes,
        next_call_at=ahead[CALLS_PER_EVENT - 1] + later,
        pause_code=(state.pause_code or "") if paused else "",
        done_by=ahead[-1] + later if known else None,
    )


def class_use(
    used: Mapping[Priority, tuple[int, int]], *, per_minute: int, per_day: int
) -> list[ClassUse]:
    """What each class used in a day and what is left for it, of the calls in a minute and in a day."""
    minute = sum(each for each, _ in used.values())
    day = sum(each for _, each in used.values())
    found: list[ClassUse] = []
    for priority in Priority:
        most = limits_of(priority, per_minute=per_minute, per_day=per_day)
        left = (max(0, most.minute - minute), max(0, most.day - day))
        found.append(ClassUse(priority, used.get(priority, (0, 0))[1], *left))
    return found


def _by_code(rows: Iterable[Row[Any]]) -> dict[str, int]:
    return {str(code): int(count) for code, count in (tuple(row) for row in rows)}


class StatusReport:
    """Tells metrics and the log how intake is; a loop calls `step` once a minute."""

    def __init__(self, calls: Calls, registry: CollectorRegistry) -> None:
        self._calls = calls
        self._waiting = Gauge("lmhg_intake_waiting", "Deliveries not done.", registry=registry)
        self._oldest = Gauge(
            "lmhg_intake_oldest_seconds", "How long the oldest has waited.", registry=registry
        )
        self._next = Gauge(
            "lmhg_intake_next_call_seconds", "Until a call is free.", registry=registry
        )
        self._held = Gauge("lmhg_intake_held", "Held deliveries.", ("code",), registry=registry)
        self._refused = Gauge(
            "lmhg_intake_refused_day", "Refused in 24 hours.", ("code",), registry=registry
        )
        self._left = Gauge(
            "lmhg_intake_calls_left", "Calls that are left.", ("span",), registry=registry
        )

        self._used = Gauge(
            "lmhg_intake_calls_day", "Calls of 24 hours.", ("priority",), registry=registry
        )

    async def step(self) -> int:
        """One reading; 0, for a loop that waits."""
        async with self._calls.db.read(ACTOR, "intake status") as tx:
            status = await intake_status(tx, at=await self._calls.now(tx))
        self._waiting.set(status.waiting)
        self._oldest.set(status.oldest_s)
        self._next.set(status.next_call_s)
        self._left.labels("minute").set(status.minute_left)
        self._left.labels("day").set(status.day_left)
        for each in status.classes:
            self._used.labels(each.priority.name.lower()).set(each.used_day)
        for gauge, counts in ((self._held, status.held), (self._refused, status.refused)):
            gauge.clear()
            for code, count in counts.items():
                gauge.labels(code).set(count)
        _log.info("intake.status", **_facts(status))
        return 0


def _facts(status: IntakeStatus) -> dict[str, int | str]:
    """What the log line says: counts and codes."""
    return {
        "waiting": status.waiting,
        "age_s": status.oldest_s,
        "held": _counts(status.held),
        "refused": _counts(status.refused),
        "calls_left_minute": status.minute_left,
        "calls_left": status.day_left,
        "retry_after_s": status.next_call_s,
        "reason": status.pause_code,
    }


def _counts(counts: Mapping[str, int]) -> str:
    return " ".join(f"{code}={count}" for code, count in counts.items()) or "none"
