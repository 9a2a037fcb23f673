"""Runs the relay's migrations: as lmhg_owner, one at a time, never waiting long for a lock."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from lmhg_relay.migrate import WALL

SCHEMA = "relay"
MIGRATION_LOCK = 0x4C4D4847_0001  # "LMHG", migrations of the relay
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "60s"


def _prepare(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.execute(text("SET LOCAL ROLE lmhg_owner"))
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=None,
        version_table="alembic_version",
        version_table_schema=SCHEMA,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        _prepare(connection)
        context.run_migrations()
        raw: Any = connection.connection.dbapi_connection
        raw.run_async(lambda link: link.execute(WALL.read_text(encoding="utf-8")))


async def _online() -> None:
    engine = create_async_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


asyncio.run(_online())
