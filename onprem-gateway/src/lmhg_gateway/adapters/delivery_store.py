"""The one statement that the ingress may run: INSERT, in a transaction of its own.

The connection itself says who acts and why, so that a delivery costs one round trip; the answer
follows the commit. Errors leave as `Unavailable`, without driver text.
"""

import uuid

import asyncpg

from lmhg_kit.errors import Unavailable

POOL = 8
TIMEOUT_S = 8.0
ACTOR = {"app.actor": "process: ingress", "app.purpose": "webhook received", "app.zone": "internet"}

_INSERT = (
    "insert into ingress.delivery"
    " (id, source, peer, outcome, size, body_sealed, result, result_code)"
    " values ($1, 'intakeq', $2, $3, $4, $5, $6, $7)"
)


class DeliveryStore:
    """Stores deliveries, and can read none."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect; a database that is away now is tried again with each delivery."""
        self._pool = asyncpg.create_pool(
            self._url, min_size=0, max_size=POOL, timeout=5, server_settings=ACTOR
        )
        await self._pool

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.close()

    async def ready(self) -> bool:
        """Whether the database answers."""
        try:
            return await self._run("select 1") == "SELECT 1"
        except Unavailable:
            return False

    async def store(
        self, delivery_id: uuid.UUID, *, peer: str, outcome: str, body: bytes | None, size: int
    ) -> None:
        """Keep a delivery, or the trace of a refused one. Raises: Unavailable."""
        result = (None, None) if body is not None else ("refused", outcome)
        await self._run(_INSERT, delivery_id, peer, outcome, size, body, *result)

    async def _run(self, sql: str, *values: object) -> str:
        if self._pool is None:
            raise Unavailable(phase="connect")
        try:
            return await self._pool.execute(sql, *values, timeout=TIMEOUT_S)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise Unavailable(phase="store") from None
