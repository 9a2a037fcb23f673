"""Runs the migrations of schemas relay and replica, installs their wall, and says whether it has drifted."""

import re
from collections.abc import Iterable
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

_PACKAGED = Path(__file__).parent / "migrations"
_CHECKOUT = Path(__file__).parents[2] / "migrations"
WALL = Path(__file__).with_name("wall.sql")
OWNER = "lmhg_owner"
GAVE_UP = (
    "gave up, because another session held a lock that the migration needs. What it had begun is"
    " undone. Run it again in a quiet moment; docs/how-to/change-the-database.md says how to see who"
    " holds it"
)
_GIVEN_UP = frozenset({"55P03", "40P01"})
"""No lock in time; chosen to end a deadlock."""


class GaveUp(Exception):
    """Another session held a lock that the migration needs; nothing was changed."""


_OBJECTS = """
WITH tables AS (
    SELECT c.oid, c.relacl FROM pg_class c
    WHERE c.relnamespace::regnamespace::text IN ('relay', 'replica') AND c.relkind IN ('r', 'v', 'S')
)
SELECT 'function ' || p.oid::regprocedure::text AS name,
       pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') AS body
FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('relay', 'replica')
UNION ALL
SELECT 'trigger ' || t.tgrelid::regclass::text || '.' || t.tgname,
       t.tgenabled::text || pg_get_triggerdef(t.oid)
FROM pg_trigger t
WHERE NOT t.tgisinternal AND t.tgname NOT LIKE 'wall\\_%' AND t.tgrelid IN (SELECT oid FROM tables)
UNION ALL
SELECT 'view ' || c.oid::regclass::text, pg_get_viewdef(c.oid)
FROM pg_class c JOIN tables ON tables.oid = c.oid WHERE c.relkind = 'v'
UNION ALL
SELECT 'grants of ' || oid::regclass::text,
       coalesce(array(SELECT a::text FROM unnest(relacl) a ORDER BY 1)::text, '')
FROM tables
UNION ALL
SELECT 'grants of ' || a.attrelid::regclass::text || '.' || a.attname, a.attacl::text
FROM pg_attribute a JOIN tables ON tables.oid = a.attrelid WHERE a.attacl IS NOT NULL
UNION ALL
SELECT 'grants of schema ' || nspname, nspacl::text
FROM pg_namespace WHERE nspname IN ('relay', 'replica')
"""
"""Triggers named wall_ are the plane's own: the plane's drift looks at them."""


def scripts() -> Path:
    """The folder of migration scripts: inside the wheel, or beside the source."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def newest_revision() -> str:
    """The revision that this code was written for."""
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def driver_url(database_url: str) -> str:
    """The database URL in the form that SQLAlchemy's asyncpg dialect reads."""
    scheme, separator, rest = database_url.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise ValueError("database_url_scheme")
    return f"postgresql+asyncpg://{rest}"


def upgrade(database_url: str) -> None:
    """Bring the database to the newest revision, with its wall: all or nothing. Raises: GaveUp."""
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    config.attributes["url"] = driver_url(database_url)
    try:
        command.upgrade(config, "head")
    except (DBAPIError, asyncpg.PostgresError) as failure:
        if getattr(getattr(failure, "orig", failure), "sqlstate", None) not in _GIVEN_UP:
            raise
        raise GaveUp from None


async def drift(database_url: str) -> list[str]:
    """Names of objects that differ from what an installation writes, by trying and rolling back."""
    wall = WALL.read_text(encoding="utf-8")
    link = await asyncpg.connect(database_url)
    undone = link.transaction()
    await undone.start()
    try:
        await link.execute(f"SET LOCAL ROLE {OWNER}")
        before = dict(await link.fetch(_OBJECTS))
        await link.execute(wall)
        after = dict(await link.fetch(_OBJECTS))
    finally:
        await undone.rollback()
        await link.close()
    differ = {name for name in before | after if before.get(name) != after.get(name)}
    return sorted(differ | _foreign(after, wall))


def _foreign(names: Iterable[str], wall: str) -> set[str]:
    """Functions and triggers that the file does not name."""
    functions = set(re.findall(r"FUNCTION (\w+\.\w+)\(", wall))
    triggers = set(re.findall(r"TRIGGER (\w+)", wall))
    return {
        name
        for name in names
        if (name.startswith("function ") and name[9:].partition("(")[0] not in functions)
        or (name.startswith("trigger ") and name.rpartition(".")[2] not in triggers)
    }
