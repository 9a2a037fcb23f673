"""Migrate a plane's database, then install the wall; and tell whether the wall has drifted."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, Table, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from lmhg_contracts.registry import Kind
from lmhg_kit.errors import Unavailable
from lmhg_kit.persistence import generated_triggers
from lmhg_kit.persistence.access import TableAccess, accesses, closed
from lmhg_kit.persistence.objects import KNOWN_SETTINGS, OBJECTS, SETTINGS, comments, foreign
from lmhg_kit.persistence.records import Base
from lmhg_kit.persistence.row_rules import DECLARED, RowRules
from lmhg_kit.persistence.statement import Statement

OWNER = "lmhg_owner"
SQL = Path(__file__).parent / "sql"
MIGRATOR = "lmhg_migrator"
LOCK_TIMEOUT_S = 2
"""So long a migration waits for a lock; so long those wait who come behind it."""
GAVE_UP = "migration_gave_up"
GAVE_UP_SENTENCE = (
    "gave up, because another session held a lock that the migration needs. What it had begun is"
    " undone. Run it again in a quiet moment; docs/how-to/change-the-database.md says how to see who"
    " holds it"
)
_GIVEN_UP = frozenset({"55P03", "40P01"})
"""No lock in time; chosen to end a deadlock."""
WALL_SCHEMAS = ("audit", "relay_release")
"""Schemas of either plane that hold the wall itself."""


@dataclass(frozen=True)
class Plan:
    """What a plane's database is made of."""

    migrations: Path
    models: Sequence[type]
    """Every table of every feature, by its class."""
    releases: dict[str, Kind]
    version_schema: str
    schemas: tuple[str, ...]
    roles: tuple[str, ...]
    """The running processes of the plane, by their login."""
    grants: Sequence[str] = field(default_factory=tuple)
    """What roles may do besides what tables and `.sql` files declare."""
    own_wall: Sequence[Statement] = field(default_factory=tuple)
    """Statements that follow from what features contribute."""
    sql: Sequence[Path] = field(default_factory=tuple)
    """Files of functions and triggers, in the order in which they are installed."""

    def tables(self) -> list[Table]:
        """The tables that the wall watches."""
        return [model.__dict__["__table__"] for model in self.models]

    def row_rules(self) -> dict[str, RowRules]:
        """What tables declare of their rows, by the table's full name."""
        return {
            model.__dict__["__table__"].fullname: getattr(model, DECLARED)
            for model in self.models
            if hasattr(model, DECLARED)
        }

    def access(self) -> list[TableAccess]:
        """Which role may do what with which table: everything else is closed."""
        return accesses(self.models)

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
    """Upgrade to a revision as the migrator, in the owner's name, and install the wall: all or nothing.

    Raises: Unavailable (`GAVE_UP`) when another session holds a lock that it needs.
    """
    try:
        asyncio.run(with_connection(url, lambda link: _upgrade(link, plan, revision)))
    except (DBAPIError, asyncpg.PostgresError) as failure:
        if getattr(getattr(failure, "orig", failure), "sqlstate", None) not in _GIVEN_UP:
            raise
        raise Unavailable(GAVE_UP) from None


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
    connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT_S}s'"))
    connection.execute(text("select pg_advisory_lock(7140)"))
    connection.execute(text(f"set role {OWNER}"))
    connection.execute(text(f"create schema if not exists {plan.version_schema}"))
    connection.commit()
    config = alembic_config(plan)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def alembic_config(plan: Plan) -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(plan.migrations))
    config.attributes["plan"] = plan
    return config


def run_environment() -> None:
    """What each plane's migrations/env.py does: migrations and wall on the given connection, in one transaction."""
    connection: Connection = context.config.attributes["connection"]
    plan: Plan = context.config.attributes["plan"]
    context.configure(
        connection=connection,
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
        install(connection, plan)


def parts(plan: Plan) -> list[str]:
    """The statements that make a plane's wall, in order: from files, and generated."""
    files = (SQL / "audit.sql", SQL / "records.sql", *plan.sql)
    generated = generated_triggers.statements(plan.tables(), plan.releases, plan.row_rules())
    return [
        *(sql for file in files for sql in read_sql(file)),
        *(sql for made in (*generated, *plan.own_wall) for sql in _separate(made.sql)),
    ]


def install(connection: Connection, plan: Plan) -> None:
    """Write the wall and the grants, whatever stood there before."""
    made = parts(plan)
    own = (*plan.schemas, *WALL_SCHEMAS)
    taken_back = closed(own, plan.roles)
    given = [sql for sql in made if sql.lstrip().startswith("grant ")]
    for sql in (
        *(sql for sql in made if sql not in given),
        always(own),
        comments(each for each in plan.tables() if each.schema in plan.schemas),
        _tell_revision(plan.version_schema),
        "comment on column audit.schema_revision.version_num is 'class:operational'",
        *taken_back,
        *(f"grant usage on schema {schema} to {role}" for schema, role in _used(plan)),
        *given,
        *(each.sql for each in plan.access()),
        *plan.grants,
    ):
        connection.exec_driver_sql(sql)


def _tell_revision(schema: str) -> str:
    """SQL: a view that lets every process read which revision the schema has."""
    versions = f"{schema}.alembic_version"
    return f"create or replace view audit.schema_revision as select version_num from {versions}"  # noqa: S608 - a constant name


def always(schemas: Iterable[str]) -> str:
    """SQL: a trigger of the wall also fires for a session that calls itself a replica."""
    names = ", ".join(f"'{schema}'" for schema in sorted({*schemas, "relay"}))
    return f"""do $$
declare found record;
begin
    for found in
        select t.tgname, t.tgrelid::regclass as relation
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ({names}) and t.tgname like 'wall\\_%' and not t.tgisinternal
    loop
        execute format('alter table %s enable always trigger %I', found.relation, found.tgname);
    end loop;
end $$"""  # noqa: S608 - constant names


def _used(plan: Plan) -> list[tuple[str, str]]:
    """Each schema with the roles that may enter it: where a table of it is theirs."""
    found = {(each.table.partition(".")[0], each.role) for each in plan.access()}
    return sorted(found)


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
    asked = {"schemas": [*plan.schemas, *WALL_SCHEMAS]}
    before = {row.name: row.body for row in connection.execute(OBJECTS, asked)}
    own = {"roles": [*plan.roles, OWNER, MIGRATOR], "known": list(KNOWN_SETTINGS)}
    settings = set(connection.execute(SETTINGS, own).scalars())
    install(connection, plan)
    after = {row.name: row.body for row in connection.execute(OBJECTS, asked)}
    connection.rollback()
    differ = {name for name in before | after if before.get(name) != after.get(name)}
    return sorted(differ | settings | foreign(after, parts(plan)))
