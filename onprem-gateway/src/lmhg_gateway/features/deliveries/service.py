"""The life of a delivery after it was stored: opened, deduped, pulled, written.

A delivery is a job of the queue until it has a result. Waiting for IntakeQ's budget is no failure:
the job comes back when a call is free. After `ATTEMPTS_MAX` failures of another kind it is held,
with its body, for a person.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.adapters.intakeq import IntakeQ, Retry
from lmhg_gateway.features.clients.public import blind_index
from lmhg_gateway.features.deliveries import pull
from lmhg_gateway.features.deliveries.events import PRIORITY, Event, EventRefused, parse
from lmhg_gateway.features.deliveries.models import Delivery, SeenEvent
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_kit.errors import SealBroken
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, WriteSession

ACTOR = Actor("process: worker")
ATTEMPTS_MAX = 12
BACKOFF_MAX_S = 900
CALLS_PER_EVENT = 2
QUEUE_BATCH = 500

_UNQUEUED = text(
    "select d.id, d.body_sealed from ingress.delivery d"
    " where d.result is null and not exists"
    " (select 1 from jobs.pgqueuer q where q.dedupe_key = d.id::text)"
    " order by d.received_at limit :limit"
)
_SPEND = text(
    "insert into ingress.call_budget (minute, calls, refused)"
    " values (date_trunc('minute', now()), :calls, 0)"
    " on conflict (minute) do update set calls = call_budget.calls + :calls"
    " where call_budget.calls + :calls <= :per_minute"
    " returning calls"
)
_TODAY = text(
    "select coalesce(sum(calls), 0) from ingress.call_budget"
    " where minute > now() - interval '24 hours'"
)
_log = get_logger()


class Later(Exception):
    """Try this delivery again after so many seconds."""

    def __init__(self, after_s: int, reason: str) -> None:
        super().__init__(reason)
        self.after_s = after_s
        self.reason = reason


@dataclass(frozen=True)
class Deliveries:
    """Works on stored deliveries."""

    db: Database
    box: OpeningBox
    api: IntakeQ
    calls_per_minute: int
    calls_per_day: int

    async def unqueued(self) -> list[tuple[uuid.UUID, int]]:
        """Deliveries that no job has yet, with the priority of what they say."""
        async with self.db.uow(ACTOR, "queue deliveries") as tx:
            rows = (await tx.execute(_UNQUEUED, {"limit": QUEUE_BATCH})).all()
        return [(row.id, self._priority(row.id, row.body_sealed)) for row in rows]

    def _priority(self, delivery_id: uuid.UUID, blob: bytes) -> int:
        try:
            return PRIORITY[parse(self.box.open(blob, bound_to=delivery_id.bytes)).subject]
        except (EventRefused, SealBroken):
            return 0

    async def work(self, delivery_id: uuid.UUID) -> None:
        """Bring one delivery to its result. Raises: Later."""
        event = await self._open(delivery_id)
        if event is None:
            return
        await self._spend()
        try:
            fetched = await pull.fetch(self.api, event)
            async with self.db.uow(ACTOR, "intakeq event") as tx:
                code = await pull.store(tx, event, fetched)
                await self._finish(tx, delivery_id, "done", code)
        except Retry as retry:
            raise await self._again(delivery_id, retry.phase or "", after_s=retry.after_s) from None
        except DBAPIError:
            raise await self._again(delivery_id, "store", after_s=1) from None

    async def _open(self, delivery_id: uuid.UUID) -> Event | None:
        """The delivery's event, or None when it has its result already or gets it here."""
        async with self.db.uow(ACTOR, "open delivery") as tx:
            delivery = await tx.get(Delivery, delivery_id, with_for_update=True)
            if delivery is None or delivery.result is not None or delivery.body_sealed is None:
                return None
            try:
                event = parse(self.box.open(delivery.body_sealed, bound_to=delivery_id.bytes))
            except (EventRefused, SealBroken) as refused:
                await self._finish(tx, delivery_id, "refused", refused.code)
                return None
            if event.key and await self._was_seen(tx, event.key, delivery_id):
                await self._finish(tx, delivery_id, "duplicate", "seen_before")
                return None
        return event

    async def _was_seen(self, tx: WriteSession, key: str, delivery_id: uuid.UUID) -> bool:
        row = {"token": blind_index().token("event", key), "delivery_id": delivery_id}
        await tx.execute(insert(SeenEvent).values(row).on_conflict_do_nothing())
        first = await tx.scalar(
            select(SeenEvent.delivery_id).where(SeenEvent.token == row["token"])
        )
        return first != delivery_id

    async def _spend(self) -> None:
        """Take two calls from the budget. Raises: Later when there are none."""
        async with self.db.uow(ACTOR, "intakeq budget") as tx:
            spent_today = int(await tx.scalar(_TODAY) or 0)
            if spent_today + CALLS_PER_EVENT > self.calls_per_day:
                raise Later(BACKOFF_MAX_S, "budget_day")
            limits = {"calls": CALLS_PER_EVENT, "per_minute": self.calls_per_minute}
            if await tx.scalar(_SPEND, limits) is None:
                raise Later(61 - datetime.now(UTC).second, "budget_minute")

    async def _again(self, delivery_id: uuid.UUID, phase: str, *, after_s: int) -> Later:
        """Count a failed attempt; the delay grows, and the last attempt asks for a person."""
        async with self.db.uow(ACTOR, "delivery attempt failed") as tx:
            delivery = await tx.get(Delivery, delivery_id, with_for_update=True)
            if delivery is None:
                return Later(after_s, phase)
            delivery.attempts += 0 if phase == "budget" else 1
            if delivery.attempts >= ATTEMPTS_MAX:
                await self._finish(tx, delivery_id, "held", f"attempts_{phase}")
            delay = min(BACKOFF_MAX_S, after_s * 2 ** min(delivery.attempts, 6))
        _log.info("delivery.later", delivery_id=delivery_id, phase=phase, retry_after_s=delay)
        return Later(after_s if phase == "budget" else delay, phase)

    async def _finish(
        self, tx: WriteSession, delivery_id: uuid.UUID, result: str, code: str
    ) -> None:
        delivery = await tx.get(Delivery, delivery_id)
        if delivery is not None:
            delivery.result, delivery.result_code = result, code
            delivery.finished_at = datetime.now(UTC)
        _log.info("delivery.finished", delivery_id=delivery_id, outcome=result, code=code)


def delay_of(later: Later) -> timedelta:
    """How long the queue keeps a job back."""
    return timedelta(seconds=max(1, later.after_s))
