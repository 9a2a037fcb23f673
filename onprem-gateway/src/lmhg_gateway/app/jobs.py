"""The job queue of the worker: PgQueuer over the gateway's own PostgreSQL, in schema jobs."""

import os
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job

from lmhg_gateway.features.deliveries.service import Deliveries, Later, delay_of
from lmhg_kit.logs import get_logger

SCHEMA = "jobs"
PULL = "pull_delivery"
NIGHTLY_MATCH = "nightly_match"
CONCURRENCY = 4
BATCH = 8
DEQUEUE_TIMEOUT_S = 5
UNEXPECTED_RETRY_S = 30

os.environ.setdefault("PGQUEUER_SCHEMA", SCHEMA)
_log = get_logger()


class JobQueue:
    """Queues deliveries, works on them, and rings the nightly jobs."""

    def __init__(
        self, url: str, deliveries: Deliveries, *, nightly: Callable[[], Awaitable[None]]
    ) -> None:
        self._url = url
        self._deliveries = deliveries
        self._nightly = nightly

    async def run(self) -> int:
        """Work until the connection breaks or the process ends; never returns otherwise."""
        async with asyncpg.create_pool(self._url, min_size=2, max_size=4) as pool:
            queue = PgQueuer.from_asyncpg_pool(pool)
            queue.entrypoint(PULL, concurrency_limit=CONCURRENCY)(self._pull)
            queue.schedule(NIGHTLY_MATCH, "17 3 * * *")(self._match)
            await queue.run(
                batch_size=BATCH,
                dequeue_timeout=timedelta(seconds=DEQUEUE_TIMEOUT_S),
                shutdown_on_listener_failure=True,
            )
        return 0

    async def enqueue_new(self) -> int:
        """Give each stored delivery its job, once; how many were queued."""
        waiting = await self._deliveries.unqueued()
        if not waiting:
            return 0
        link = await asyncpg.connect(self._url)
        try:
            queries = PgQueuer.from_asyncpg_connection(link).qm.queries
            await queries.enqueue(
                [PULL] * len(waiting),
                [delivery_id.bytes for delivery_id, _ in waiting],
                [priority for _, priority in waiting],
                dedupe_key=[str(delivery_id) for delivery_id, _ in waiting],
                on_conflict="skip",
            )
        finally:
            await link.close()
        return len(waiting)

    async def _pull(self, job: Job) -> None:
        try:
            await self._deliveries.work(uuid.UUID(bytes=job.payload or b""))
        except Later as later:
            raise RetryRequested(delay_of(later), later.reason) from None
        except Exception as failure:  # noqa: BLE001 - a job's failure is the queue's business
            # The queue would store a traceback, and with it driver text: a code goes instead.
            _log.error("job.failed", job=PULL, exc_info=failure)
            delay = timedelta(seconds=UNEXPECTED_RETRY_S)
            raise RetryRequested(delay, type(failure).__name__) from None

    async def _match(self, _: object) -> None:
        await self._nightly()
