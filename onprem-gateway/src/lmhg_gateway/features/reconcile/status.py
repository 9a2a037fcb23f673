"""How the nightly check and the catch-up are: what waits, how many calls a day it has, when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lmhg_gateway.features.deliveries.public import Priority, limits_of
from lmhg_gateway.features.reconcile import repository
from lmhg_gateway.features.reconcile.rules import done_by
from lmhg_kit.persistence import ReadSession

DAY = timedelta(hours=24)
LATE = timedelta(hours=36)
"""A check that ended longer ago is late: a message that was never sent may be missing."""


@dataclass(frozen=True, kw_only=True)
class SyncStatus:
    """The check at one moment."""

    at: datetime
    ended_at: datetime | None
    looked: int
    left_out: int
    is_running: bool
    is_catch_up: bool
    waiting: Mapping[str, int]
    """Objects that wait for a call, by what they are."""
    held: int
    for_person: int
    """Objects that wait until someone says who their client is."""
    calls_a_day: int
    """What the more urgent classes leave, as they used calls in the last 24 hours."""
    done_by: datetime | None

    @property
    def objects(self) -> int:
        """How many objects wait for a call."""
        return sum(self.waiting.values())

    @property
    def is_late(self) -> bool:
        """Whether the last check ended too long ago."""
        return self.ended_at is not None and self.at - self.ended_at > LATE


async def sync_status(tx: ReadSession, *, at: datetime) -> SyncStatus:
    """The check now."""
    state = await repository.state(tx)
    counts = await repository.counts(tx)
    waiting: dict[str, int] = {}
    for each in counts:
        free = each.objects - each.held - each.person
        waiting[each.kind] = waiting.get(each.kind, 0) + free
    is_catch_up = state.is_catch_up or any(each.is_catch_up for each in counts)
    priority = Priority.CATCH_UP if is_catch_up else Priority.NIGHTLY
    calls = await repository.calls_since(tx, at - DAY)
    per_minute, per_day = await repository.limits(tx)
    most = limits_of(priority, per_minute=per_minute, per_day=per_day)
    others = sum(1 for _, each in calls if each < priority)
    left = max(1, most.day - others)
    return SyncStatus(
        at=at,
        ended_at=state.ended_at,
        looked=state.looked,
        left_out=state.left_out,
        is_running=state.asks_since is not None,
        is_catch_up=is_catch_up,
        waiting={kind: count for kind, count in waiting.items() if count},
        held=sum(each.held for each in counts),
        for_person=sum(each.person for each in counts),
        calls_a_day=left,
        done_by=done_by(
            sum(waiting.values()),
            past=[ended for ended, each in calls if each >= priority],
            now=at,
            per_minute=most.minute,
            per_day=left,
        ),
    )
