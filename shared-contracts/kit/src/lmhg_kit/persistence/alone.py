"""Statements that are a transaction of their own: one trip to the server and back, no more.

They run on connections that hold nothing: no transaction, no name, no setting. What every request
asks before anything else, who comes with this secret, is asked here.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

from lmhg_kit.errors import Unavailable

CONNECTIONS = 4
"""Such statements under way at once in one process; they take a millisecond each."""
CONNECT_LIMIT_S = 5.0
AWAY = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)  # fmt: skip
"""What a database that does not answer raises."""

Found = Mapping[str, Any]
"""A row by the names of its columns."""


class Alone:
    """Prepared statements over a few connections, made when they are first needed."""

    def __init__(self, url: str, *, settings: Mapping[str, str]) -> None:
        self._url = url
        self._settings = dict(settings)
        self._pool: asyncpg.Pool | None = None
        self._making = asyncio.Lock()

    async def row(self, sql: str, *values: object) -> Found | None:
        """The first row of a statement. Raises: Unavailable."""
        try:
            pool = self._pool or await self._made()
            return await pool.fetchrow(sql, *values)
        except AWAY as failure:
            raise Unavailable(phase="database") from failure

    async def run(self, sql: str, *values: object) -> None:
        """A statement that gives no rows. Raises: Unavailable."""
        try:
            pool = self._pool or await self._made()
            await pool.execute(sql, *values)
        except AWAY as failure:
            raise Unavailable(phase="database") from failure

    async def close(self) -> None:
        """Close every connection."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _made(self) -> asyncpg.Pool:
        async with self._making:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=CONNECTIONS,
                    timeout=CONNECT_LIMIT_S,
                    server_settings=self._settings,
                    reset=_as_it_is,
                )
            return self._pool


async def _as_it_is(_link: asyncpg.Connection) -> None:
    """Nothing is left on a connection by one statement, so nothing is asked to clear it."""
