"""Runs the relay's migrations: as lmhg_owner, one at a time, never waiting long for a lock."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from lmhg_relay.migrate import WALL

SCHEMA = "relay"
MIGRATION_LOCK = 0x4C4D4847_0001  # "LMHG", migrations of the relay
LOCK_TIMEOUT = "2s"
STATEMENT_TIMEOUT = "60s"


def _prepare(connection: Connection) -> None:
    for sql in (
        f"SET lock_timeout = '{LOCK_TIMEOUT}'",
        f"SET statement_timeout = '{STATEMENT_TIMEOUT}'",
        f"SELECT pg_advisory_lock({MIGRATION_LOCK})",
        "SET ROLE lmhg_owner",
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    ):
        connection.execute(text(sql))
    connection.commit()


def _migrate(connection: Connection) -> None:
    _prepare(connection)
    context.configure(
        connection=connection,
        target_metadata=None,
        version_table="alembic_version",
        version_table_schema=SCHEMA,
    )
    with context.begin_transaction():
        context.run_migrations()
        raw: Any = connection.connection.dbapi_connection
        raw.run_async(lambda link: link.execute(WALL.read_text(encoding="utf-8")))


async def _online() -> None:
    engine = create_async_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


asyncio.run(_online())
