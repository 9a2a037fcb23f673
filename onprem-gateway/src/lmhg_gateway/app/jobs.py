"""The clock of the worker: PgQueuer's schedules over the gateway's own PostgreSQL, in schema jobs.

Deliveries are no jobs of this queue: each is its own (docs/adr/0020-a-delivery-is-its-own-job.md).
"""

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
from pgqueuer import PgQueuer

from lmhg_kit.loops import Apart

SCHEMA = "jobs"
NIGHTLY_MATCH = "nightly_match"
DEQUEUE_TIMEOUT_S = 5

os.environ.setdefault("PGQUEUER_SCHEMA", SCHEMA)


class Schedule:
    """Rings the nightly jobs."""

    def __init__(self, url: str, *, nightly: Callable[[], Awaitable[None]]) -> None:
        self._url = url
        self._nightly = nightly

    async def run(self) -> int:
        """Ring until the connection breaks or the process ends; never returns otherwise."""
        async with asyncpg.create_pool(self._url, min_size=2, max_size=4) as pool:
            queue = PgQueuer.from_asyncpg_pool(pool)
            queue.schedule(NIGHTLY_MATCH, "17 3 * * *")(self._match)
            await queue.run(
                dequeue_timeout=timedelta(seconds=DEQUEUE_TIMEOUT_S),
                shutdown_on_listener_failure=True,
            )
        return 0

    async def _match(self, _: object) -> None:
        # The library would log a traceback, and with it driver text: a code is logged instead.
        async with Apart(NIGHTLY_MATCH).item():
            await self._nightly()
