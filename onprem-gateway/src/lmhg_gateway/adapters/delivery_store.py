"""The one statement that the ingress may run: INSERT, in a transaction of its own.

The connection itself says who acts and why, so that a group of deliveries costs one round trip; the
answers follow the commit. Errors leave as `Unavailable` or `DeliveryRefused`, without driver text.
"""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from lmhg_kit.errors import LmhgError, Unavailable

POOL = 8
TIMEOUT_S = 8.0
ACTOR = {
    "app.actor": "process: ingress",
    "app.purpose": "webhook received",
    "app.zone": "internet",
    "synchronous_commit": "on",
}
"""What every connection says. A commit that is answered is on the disk, whatever the role's default is."""
DATA_ERRORS = ("22", "23")
"""SQLSTATE classes of a row that the table cannot hold."""

_INSERT = (
    "insert into ingress.delivery"
    " (id, source, peer, outcome, size, body_sealed, result, result_code)"
    " select id, 'intakeq', peer, outcome, size, body, case when body is null then 'refused' end,"
    " case when body is null then outcome end"
    " from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bytea[])"
    " as sent (id, peer, outcome, size, body)"
)


class DeliveryRow(NamedTuple):
    """A delivery as it is stored: the sealed body, or none for the trace of a refused one."""

    id: uuid.UUID
    peer: str
    outcome: str
    size: int
    body: bytes | None


class DeliveryRefused(LmhgError):
    """The table cannot hold what one of the deliveries says."""

    code = "delivery_refused"


class DeliveryStore:
    """Stores deliveries, and can read none."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect; a database that is away now is tried again with each delivery."""
        self._pool = asyncpg.create_pool(
            self._url, min_size=0, max_size=POOL, timeout=5, server_settings=ACTOR, reset=_as_it_is
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

    async def store(self, rows: Sequence[DeliveryRow]) -> None:
        """Keep deliveries, all of them or none. Raises: Unavailable, DeliveryRefused."""
        await self._run(_INSERT, *(list(column) for column in zip(*rows, strict=True)))

    async def _run(self, sql: str, *values: object) -> str:
        if self._pool is None:
            raise Unavailable(phase="connect")
        try:
            return await self._pool.execute(sql, *values, timeout=TIMEOUT_S)
        except asyncpg.PostgresError as refused:
            if str(getattr(refused, "sqlstate", "")).startswith(DATA_ERRORS):
                raise DeliveryRefused from None
            raise Unavailable(phase="store") from None
        except (OSError, TimeoutError, asyncpg.InterfaceError):
            raise Unavailable(phase="store") from None


async def _as_it_is(_link: asyncpg.Connection) -> None:
    """One INSERT leaves nothing on a connection, so nothing is asked to clear it."""
