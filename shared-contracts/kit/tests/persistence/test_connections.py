"""Pooled connections that the server has closed are not used again."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

ACTOR = Actor("process: test")
ASK = text("select pg_backend_pid()")


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """A database as a process reaches it, over one pooled connection."""
    database = Database(onprem.url("gw_workspace"), pool_size=1)
    yield database
    await database.close()


async def backend(db: Database) -> int:
    """The server's process behind the pooled connection, in a unit of work and without one."""
    async with db.read(ACTOR, "test") as tx:
        found = int(await tx.scalar(ASK) or 0)
    async with db.reader.connect() as connection:
        assert await connection.scalar(ASK) == found
    return found


async def end(onprem: PlaneDatabase, pid: int) -> None:
    """The server closes a connection, and has closed it when this returns."""
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        assert await link.fetchval("select pg_terminate_backend($1, 5000)", pid)
    finally:
        await link.close()


async def test_closed_connection_is_replaced(db: Database, onprem: PlaneDatabase) -> None:
    """The next unit of work succeeds on another one, and so does one without a transaction."""
    first = await backend(db)
    assert await backend(db) == first
    await end(onprem, first)
    second = await backend(db)
    assert second != first
    await end(onprem, second)
    async with db.reader.connect() as connection:
        assert await connection.scalar(ASK) != second


async def test_without_the_look_a_closed_connection_fails(
    db: Database, onprem: PlaneDatabase
) -> None:
    """The control: what the look at each connection is for."""
    first = await backend(db)
    db.engine.sync_engine.dialect.do_ping = lambda dbapi_connection: True  # noqa: ARG005 - SQLAlchemy's name
    await end(onprem, first)
    with pytest.raises(DBAPIError):
        await backend(db)


async def test_reader_leaves_no_transaction_open(db: Database, onprem: PlaneDatabase) -> None:
    """A statement of its own; the next unit of work on the same connection has one again."""
    async with db.reader.connect() as connection:
        pid = await connection.scalar(ASK)
        [row] = await onprem.run("select state from pg_stat_activity where pid = $1", pid)
        assert row["state"] == "idle"
    async with db.read(ACTOR, "test") as tx:
        assert await tx.scalar(ASK) == pid
        [row] = await onprem.run("select state from pg_stat_activity where pid = $1", pid)
        assert row["state"] == "idle in transaction"
