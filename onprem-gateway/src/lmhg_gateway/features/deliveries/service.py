"""The life of a delivery after it was stored: read, deduped, pulled, written.

The delivery is its own job. It is read once, in a guard of its own, which says whose turn it is
when; then each is worked on in its turn, as soon as calls are free, in a guard of its own again.
Whatever goes wrong counts as an attempt, each wait is longer, and after twelve a delivery
is held, with its body, for a person. Waiting for a call writes nothing anywhere.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lmhg_gateway.features.clients.public import blind_index
from lmhg_gateway.features.deliveries import pull, repository
from lmhg_gateway.features.deliveries.calls import ACTOR, Calls, Later
from lmhg_gateway.features.deliveries.events import (
    HEAD_START,
    PRIORITY,
    Event,
    EventHeld,
    EventRefused,
    parse,
)
from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.features.deliveries.pull import Fetcher, UnusableAt
from lmhg_gateway.features.deliveries.repository import Sorted
from lmhg_gateway.features.deliveries.rules import CALLS_PER_EVENT, RETRY, WORK_MAX_S
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_kit.errors import SealBroken
from lmhg_kit.logs import get_logger
from lmhg_kit.practice import Practice

SORT_BATCH = 100

_log = get_logger()


@dataclass(frozen=True)
class Deliveries:
    """Works on stored deliveries."""

    box: OpeningBox
    fetcher: Fetcher
    practice: Practice
    """Whose day it is that something came on."""

    @property
    def calls(self) -> Calls:
        """The budget of calls."""
        return self.fetcher.calls

    async def sort(self) -> int:
        """Read what has arrived; how many deliveries were read."""
        async with self.calls.db.uow(ACTOR, "read deliveries") as tx:
            rows = await repository.unsorted(tx, limit=SORT_BATCH)
            if rows:
                found = [self._sorted(row) for row in rows]
                await repository.sort(tx, found, now=await self.calls.now(tx))
        return len(rows)

    def _sorted(self, row: Row[Any]) -> Sorted:
        """What one delivery is. Nothing in a body stops the others of its batch."""
        try:
            event = self._event(row)
            object_token = blind_index().token(f"object_{event.subject}", event.object_id)
            event_token = blind_index().token("event", event.key) if event.key else None
        except EventHeld as held:
            return self._set_aside(row, "held", held.code)
        except EventRefused as refused:
            return self._set_aside(row, "refused", refused.code)
        except SealBroken as broken:
            return self._set_aside(row, "held", broken.code)
        except Exception as failure:  # noqa: BLE001 - what cannot be read is held, whatever it is
            _log.error("delivery.unreadable", delivery_id=row.id, exc_info=failure)
            return self._set_aside(row, "held", "unreadable")
        return Sorted(
            id=row.id,
            turn_at=row.received_at - HEAD_START[event.subject],
            priority=PRIORITY[event.subject],
            object_token=object_token,
            event_token=event_token,
        )

    def _set_aside(self, row: Row[Any], result: str, code: str) -> Sorted:
        _log.info("delivery.finished", delivery_id=row.id, outcome=result, code=code)
        return Sorted(id=row.id, turn_at=row.received_at, result=result, code=code)

    def _event(self, row: Row[Any]) -> Event:
        return parse(self.box.open(row.body_sealed or b"", bound_to=row.id.bytes))

    async def pull(self) -> int:
        """Work on the delivery whose turn it is, if calls are free; how many were worked on."""
        for priority in (Priority.WEBHOOK, Priority.RISK):
            now, at, _ = await self.calls.free_at(CALLS_PER_EVENT, priority)
            if at > now:
                continue
            async with self.calls.db.uow(ACTOR, "claim delivery") as tx:
                claimed = await repository.claim(tx, now=now, priority=priority)
            if claimed is None:
                return 0
            await self._guarded(claimed)
            return 1
        return 0

    async def _guarded(self, claimed: Row[Any]) -> None:
        """Bring one delivery further; whatever happens in it stays in it."""
        try:
            async with asyncio.timeout(WORK_MAX_S):
                await self._work(claimed)
        except Later as later:
            async with self.calls.db.uow(ACTOR, "no call is free") as tx:
                await repository.give_back(tx, claimed.id, due_at=later.at)
        except UnusableAt as unusable:
            await self._answer(claimed, "held", unusable.code, before=unusable.began_at)
        except Exception as failure:  # noqa: BLE001 - every failure counts, whatever its class
            await self._failed(claimed, failure)

    async def _work(self, claimed: Row[Any]) -> None:
        event = self._event(claimed)
        fetched = await self.fetcher.fetch(event, since=claimed.received_at)
        async with self.calls.db.uow(ACTOR, "intakeq event") as tx:
            now = await self.calls.now(tx)
            code = await pull.store(tx, event, fetched, now=now, practice=self.practice)
            await repository.finish(
                tx, claimed.id, result="done", code=code, now=now, left_out=fetched.left_out
            )
            others = await repository.answer_others(
                tx, claimed, result="done", code="with_another", before=fetched.began_at, now=now
            )
            if fetched.subject is not None:
                await repository.remember_events(tx, claimed.object_token, now=now)
        for note in fetched.left_out:
            _log.info("delivery.field_left_out", delivery_id=claimed.id, code=note)
        _log.info(
            "delivery.finished", delivery_id=claimed.id, outcome="done", code=code, count=others + 1
        )

    async def _answer(self, claimed: Row[Any], result: str, code: str, *, before: datetime) -> None:
        """The same answer for everything about this object that came before the call."""
        async with self.calls.db.uow(ACTOR, "delivery set aside") as tx:
            now = await self.calls.now(tx)
            await repository.finish(tx, claimed.id, result=result, code=code, now=now)
            await repository.answer_others(
                tx, claimed, result=result, code=code, before=before, now=now
            )
        _log.info("delivery.finished", delivery_id=claimed.id, outcome=result, code=code)

    async def _failed(self, claimed: Row[Any], failure: Exception) -> None:
        """The attempt is counted already; the last one asks for a person."""
        phase = getattr(failure, "phase", None) or type(failure).__name__
        if not RETRY.is_over(claimed.attempts):
            _log.info(
                "delivery.later",
                delivery_id=claimed.id,
                phase=phase,
                attempt=claimed.attempts,
                retry_after_s=int(RETRY.wait(claimed.attempts).total_seconds()),
                exc_info=failure,
            )
            return
        async with self.calls.db.uow(ACTOR, "delivery set aside") as tx:
            code, now = f"attempts_{phase}", await self.calls.now(tx)
            await repository.finish(tx, claimed.id, result="held", code=code, now=now)
        _log.error("delivery.held", delivery_id=claimed.id, code=code, exc_info=failure)

    async def tidy(self) -> int:
        """Hold what never ended, and remove what nothing asks for; 0, for a loop that waits."""
        async with self.calls.db.uow(ACTOR, "tidy deliveries") as tx:
            now = await self.calls.now(tx)
            await repository.hold_endless(tx, now=now)
            await repository.purge(tx, now=now)
        return 0
