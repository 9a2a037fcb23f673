"""Roles and database of a plane, from infra/postgres: the one act of the superuser."""

import json
from collections.abc import Mapping

import asyncpg

from lmhg_stack.postgres import DATABASE, Postgres
from lmhg_stack.repository import INFRA

ROLES = {
    "onprem": ("lmhg_migrator", "gw_workspace", "gw_identity", "gw_ingress", "gw_worker", "relay"),
    "cloud": ("lmhg_migrator", "po_portal", "po_worker", "relay"),
}


async def bootstrap(cluster: Postgres, passwords: Mapping[str, str]) -> None:
    """Create the plane's roles and its empty database; a second call changes nothing."""
    connection = await asyncpg.connect(cluster.dsn(database="postgres"))
    try:
        await connection.execute("SELECT set_config('lmhg.plane', $1, false)", cluster.plane)
        await connection.execute(
            "SELECT set_config('lmhg.passwords', $1, false)", json.dumps(dict(passwords))
        )
        await connection.execute((INFRA / "postgres" / "bootstrap.sql").read_text())
        known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        if known is None:
            await connection.execute(f"CREATE DATABASE {DATABASE} OWNER lmhg_owner")
    finally:
        await connection.close()
    connection = await asyncpg.connect(cluster.dsn())
    try:
        await connection.execute((INFRA / "postgres" / "database.sql").read_text())
    finally:
        await connection.close()
