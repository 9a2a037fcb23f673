"""The calls to IntakeQ: counted one by one in the database, so a restart forgets none.

Only a call that was taken here is made. Takers wait for each other on one row, so two never share
the last free call; IntakeQ's own "not now" stops every call until it says. Each taker says why it
calls: who is less urgent leaves calls to those before it (`priorities.py`).
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text

from lmhg_gateway.adapters.intakeq import CALL_MAX_S
from lmhg_gateway.features.deliveries.priorities import Priority, limits_of
from lmhg_gateway.features.deliveries.repository import database_now
from lmhg_gateway.features.deliveries.rules import PAUSE_MAX_S, free_at, outage_s
from lmhg_kit.persistence import Actor, Database, ReadSession

ACTOR = Actor("process: worker")
Now = Callable[[ReadSession], Awaitable[datetime]]

_STATE = text("select failures, paused_until, pause_code from ingress.intake_state where id = 1")
_LOCK = text("select failures, paused_until, pause_code from ingress.intake_state for update")
_BACK = text(
    "select (select ended_at from ingress.api_call order by ended_at desc offset :minute limit 1),"
    " (select ended_at from ingress.api_call order by ended_at desc offset :day limit 1)"
)
_TAKE = text(
    "insert into ingress.api_call (id, began_at, ended_at, priority)"
    " values (:id, :now, :until, :priority)"
)
_END = text("update ingress.api_call set ended_at = :now where id = :id")
_WELL = text("update ingress.intake_state set failures = 0 where failures > 0")
_PAUSE = text(
    "update ingress.intake_state set failures = :failures,"
    " paused_until = greatest(paused_until, :until), pause_code = :code"
)
_LIMITS = text(
    "update ingress.intake_state set per_minute = :minute, per_day = :day"
    " where (per_minute, per_day) is distinct from (:minute, :day)"
)


class Later(Exception):
    """No call is free before `at`; `reason` says which limit or pause."""

    def __init__(self, at: datetime, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


@dataclass(frozen=True)
class Taken:
    """A call that may be made now."""

    id: uuid.UUID
    began_at: datetime


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The budget of calls."""

    db: Database
    per_minute: int
    per_day: int
    now: Now = database_now

    async def store_limits(self) -> int:
        """Tell those who read the state which limits are in force; 0, for a loop that waits."""
        async with self.db.uow(ACTOR, "intakeq limits") as tx:
            await tx.execute(_LIMITS, {"minute": self.per_minute, "day": self.per_day})
        return 0

    async def free_at(
        self, count: int, priority: Priority = Priority.WEBHOOK
    ) -> tuple[datetime, datetime, str]:
        """Now, when `count` calls are free at once for this class, and what they wait for."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            now = await self.now(tx)
            state = (await tx.execute(_STATE)).one()
            return (now, *await self._free(tx, state, now=now, count=count, priority=priority))

    async def take(self, priority: Priority) -> Taken:
        """One call of this class, which counts at once. Raises: Later."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            state = (await tx.execute(_LOCK)).one()
            now = await self.now(tx)
            at, reason = await self._free(tx, state, now=now, count=1, priority=priority)
            if at > now:
                raise Later(at, reason)
            taken = Taken(uuid.uuid4(), now)
            until = now + timedelta(seconds=CALL_MAX_S)
            facts = {"id": taken.id, "now": now, "until": until, "priority": int(priority)}
            await tx.execute(_TAKE, facts)
        return taken

    async def ended(self, taken: Taken) -> None:
        """The call is over: it counts for a minute and a day from here."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            await tx.execute(_END, {"id": taken.id, "now": await self.now(tx)})

    async def well(self) -> None:
        """IntakeQ answered as it should."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            await tx.execute(_WELL)

    async def refused(self, after_s: int) -> datetime:
        """IntakeQ said "not now": nobody calls before it allows; until when."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            state = (await tx.execute(_LOCK)).one()
            until = await self.now(tx) + timedelta(seconds=min(max(after_s, 1), PAUSE_MAX_S))
            await tx.execute(
                _PAUSE, {"failures": state.failures, "until": until, "code": "server_limit"}
            )
        return until

    async def failed(self) -> None:
        """IntakeQ did not answer as it should: after a few in a row every call waits a while."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            failures = (await tx.execute(_LOCK)).one().failures + 1
            until = await self.now(tx) + timedelta(seconds=outage_s(failures))
            await tx.execute(_PAUSE, {"failures": failures, "until": until, "code": "outage"})

    async def _free(
        self, tx: ReadSession, state: Row[Any], *, now: datetime, count: int, priority: Priority
    ) -> tuple[datetime, str]:
        """Raises: nothing; limits below `count` are read as `count`."""
        most = limits_of(priority, per_minute=self.per_minute, per_day=self.per_day)
        back = {"minute": max(most.minute, count) - count, "day": max(most.day, count) - count}
        minute, day = (await tx.execute(_BACK, back)).one()
        at, reason = free_at(now=now, minute_call=minute, day_call=day)
        if state.paused_until is not None and state.paused_until > at:
            return state.paused_until, state.pause_code or "paused"
        return at, reason
