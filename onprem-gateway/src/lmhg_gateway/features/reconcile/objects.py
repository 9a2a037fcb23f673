"""What the lists named and has to be asked for by its id: one after the other, the nearest first."""

import asyncio
from dataclasses import dataclass

from lmhg_gateway.features.clients.public import linked
from lmhg_gateway.features.deliveries.public import (
    ACTOR,
    CALLS_PER_EVENT,
    RETRY,
    WORK_MAX_S,
    Event,
    Fetcher,
    Later,
    Priority,
    UnusableAt,
    store,
)
from lmhg_gateway.features.differences.public import put_copy
from lmhg_gateway.features.intakeq_people.public import PersonHeld
from lmhg_gateway.features.reconcile import repository
from lmhg_gateway.features.reconcile.models import IntakeqObject
from lmhg_kit.logs import get_logger
from lmhg_kit.practice import Practice

_log = get_logger()


@dataclass(frozen=True)
class Objects:
    """Works off what waits."""

    fetcher: Fetcher
    practice: Practice

    async def step(self) -> int:
        """Ask for the object whose turn it is, if calls are free; how many were asked for."""
        for priority in (Priority.CATCH_UP, Priority.NIGHTLY):
            now, at, _ = await self.fetcher.calls.free_at(CALLS_PER_EVENT, priority)
            if at > now:
                continue
            async with self.fetcher.calls.db.uow(ACTOR, "intakeq catch-up") as tx:
                claimed = await repository.claim(
                    tx, now=now, any_class=priority is Priority.CATCH_UP
                )
            if claimed is None:
                return 0
            await self._guarded(claimed)
            return 1
        return 0

    async def _guarded(self, claimed: IntakeqObject) -> None:
        """Ask for one; whatever happens in it stays in it."""
        try:
            async with asyncio.timeout(WORK_MAX_S):
                await self._work(claimed)
        except Later as later:
            async with self.fetcher.calls.db.uow(ACTOR, "no call is free") as tx:
                row = await repository.held_again(tx, claimed)
                if row is not None:
                    row.attempts, row.due_at = max(0, row.attempts - 1), later.at
        except UnusableAt as unusable:
            await self._hold(claimed, unusable.code)
        except PersonHeld:
            _log.info("intakeq.person_held", record_id=claimed.id)
        except Exception as failure:  # noqa: BLE001 - every failure counts, whatever its class
            if RETRY.is_over(claimed.attempts):
                phase = getattr(failure, "phase", None) or type(failure).__name__
                await self._hold(claimed, f"attempts_{phase}"[:60])
            _log.error("intakeq.object_failed", record_id=claimed.id, exc_info=failure)

    async def _work(self, claimed: IntakeqObject) -> None:
        priority = Priority.CATCH_UP if claimed.is_catch_up else Priority.NIGHTLY
        key = claimed.remote_id or ""
        event = Event(subject=claimed.kind, object_id=key, name="listed", key=None)  # type: ignore[arg-type]
        fetched = await self.fetcher.fetch(event, since=None, priority=priority)
        held: PersonHeld | None = None
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq catch-up") as tx:
            row = await repository.held_again(tx, claimed)
            if row is None:
                return
            now = await self.fetcher.calls.now(tx)
            try:
                await store(tx, event, fetched, now=now, practice=self.practice, may_add=False)
            except PersonHeld as person:
                # What is known of the person is kept; the object waits until someone says who it is.
                held, row.due_at = person, now
                row.attempts = max(0, row.attempts - 1)
            else:
                record = await linked(tx, claimed.kind, key)
                if record is not None and fetched.subject is not None:
                    await put_copy(tx, claimed.kind, key, record, line=row.line_token)
                await tx.delete(row)
        if held is not None:
            raise held

    async def _hold(self, claimed: IntakeqObject, code: str) -> None:
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq object held") as tx:
            row = await repository.held_again(tx, claimed)
            if row is not None:
                row.held_code = code
        _log.info("intakeq.object_held", record_id=claimed.id, code=code)
