"""Migrate a plane's database, then install the wall; and tell whether the wall has drifted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, Table, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from lmhg_contracts.registry import Kind
from lmhg_kit.persistence import wall
from lmhg_kit.persistence.records import Base

OWNER = "lmhg_owner"
ACTOR_SQL = Path(__file__).parent / "sql" / "actor.sql"
MIGRATOR = "lmhg_migrator"

_DEFINITIONS = text(
    "select 'function ' || p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body"
    " from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
    " where n.nspname in ('relay_release', 'audit')"
    " union all"
    " select 'trigger ' || t.tgrelid::regclass::text || '.' || t.tgname,"
    " t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)"
    " from pg_trigger t where t.tgname like 'wall\\_%' and not t.tgisinternal"
    " union all"
    " select 'policy ' || schemaname || '.' || tablename || '.' || policyname,"
    " concat_ws(' ', permissive, roles::text, cmd, qual, with_check) from pg_policies"
    " union all"
    " select 'rows ' || c.oid::regclass::text, concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity)"
    " from pg_class c where c.relrowsecurity or c.relforcerowsecurity"
)


@dataclass(frozen=True)
class Plan:
    """What a plane's database is made of."""

    migrations: Path
    models: Sequence[type]
    """Every table of every feature, by its class."""
    releases: dict[str, Kind]
    version_schema: str
    schemas: tuple[str, ...]
    grants: Sequence[str] = field(default_factory=tuple)
    own_wall: Sequence[wall.Statement] = field(default_factory=tuple)
    sql: Sequence[Path] = field(default_factory=tuple)
    """Files of functions and triggers, in the order in which they are installed."""

    def tables(self) -> list[Table]:
        """The tables that the wall watches: the plane's own, and the exemptions."""
        return [model.__dict__["__table__"] for model in self.models]

    @property
    def metadata(self) -> MetaData:
        """What the tables belong to."""
        return Base.metadata


def migrations_folder(package_file: str) -> Path:
    """A package's migrations: beside the code in a wheel, beside `src` in a checkout."""
    installed = Path(package_file).parent / "migrations"
    return installed if installed.is_dir() else Path(package_file).parents[2] / "migrations"


def owner_for(url: str) -> str | None:
    """The role that an operator's command takes on: the migrator acts as the owner, others as they are."""
    return OWNER if make_url(url).username == MIGRATOR else None


def async_url(url: str) -> str:
    """A PostgreSQL URL for SQLAlchemy's asyncpg driver."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def migrate(url: str, plan: Plan, *, revision: str = "head") -> None:
    """Upgrade to a revision as the migrator, in the owner's name; then install the wall."""
    asyncio.run(with_connection(url, lambda link: _upgrade(link, plan, revision)))


def drift(url: str, plan: Plan) -> list[str]:
    """Names of wall objects that differ from the generated ones, by trying and rolling back."""
    found: list[str] = []
    asyncio.run(with_connection(url, lambda link: found.extend(drift_on(link, plan))))
    return found


async def with_connection(url: str, act: Callable[[Connection], None]) -> None:
    """Act on one synchronous connection to the database, then close it."""
    engine = create_async_engine(async_url(url), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(act)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, plan: Plan, revision: str) -> None:
    connection.execute(text("select pg_advisory_lock(7140)"))
    connection.execute(text(f"set role {OWNER}"))
    connection.execute(text("set lock_timeout = '4s'"))
    connection.execute(text(f"create schema if not exists {plan.version_schema}"))
    connection.commit()
    config = alembic_config(plan)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    install(connection, plan)
    connection.commit()


def alembic_config(plan: Plan) -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(plan.migrations))
    config.attributes["plan"] = plan
    return config


def run_environment() -> None:
    """What each plane's migrations/env.py does: run on the given connection, own schemas only."""
    plan: Plan = context.config.attributes["plan"]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=plan.metadata,
        version_table_schema=plan.version_schema,
        include_schemas=True,
        include_name=lambda name, kind, _: kind != "schema" or name in plan.schemas,
        include_object=lambda found, _name, kind, _reflected, _other: (
            kind != "table" or getattr(found, "schema", None) in plan.schemas
        ),
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def install(connection: Connection, plan: Plan) -> None:
    """Write the wall and the grants, whatever stood there before."""
    connection.execute(text("create schema if not exists relay_release"))
    for sql in (wall.VERSION_FUNCTION, wall.EXEMPTION_FUNCTION):
        connection.exec_driver_sql(sql)
    for sql in [*read_sql(ACTOR_SQL), *(part for file in plan.sql for part in read_sql(file))]:
        connection.exec_driver_sql(sql)
    for statement in [*wall.statements(plan.tables(), plan.releases), *plan.own_wall]:
        for sql in _separate(statement.sql):
            connection.exec_driver_sql(sql)
        if ".wall_" in statement.name:
            table, _, trigger = statement.name.rpartition(".")
            connection.exec_driver_sql(f"alter table {table} enable always trigger {trigger}")
    connection.exec_driver_sql("revoke all on all functions in schema relay_release from public")
    for sql in plan.grants:
        connection.exec_driver_sql(sql)


def read_sql(path: Path) -> list[str]:
    """The statements of a file: each ends with a semicolon at the end of a line, outside of `$$`."""
    found: list[str] = []
    open_part: list[str] = []
    is_quoted = False
    for line in path.read_text().splitlines():
        if not is_quoted and line.lstrip().startswith("--"):
            continue
        is_quoted ^= line.count("$$") % 2 == 1
        open_part.append(line)
        if not is_quoted and line.rstrip().endswith(";"):
            found.append("\n".join(open_part).strip().removesuffix(";"))
            open_part = []
    if "".join(open_part).strip():
        message = f"{path.name}: the last statement does not end"
        raise ValueError(message)
    return found


def _separate(sql: str) -> list[str]:
    """Asyncpg prepares one statement at a time; functions end with `end $$;`."""
    parts = sql.split("end $$;\n")
    return [f"{part}end $$" for part in parts[:-1]] + [parts[-1]]


def drift_on(connection: Connection, plan: Plan) -> list[str]:
    """As `drift`, on an open connection; leaves nothing behind."""
    connection.execute(text(f"set role {OWNER}"))
    before = {row.name: row.body for row in connection.execute(_DEFINITIONS)}
    install(connection, plan)
    after = {row.name: row.body for row in connection.execute(_DEFINITIONS)}
    connection.rollback()
    return sorted(name for name in before | after if before.get(name) != after.get(name))
