"""The live databases: every column says its class, the cloud bounds every text, migrations are whole."""

import asyncio

from lmhg_stack.testing import PlaneDatabase

SCHEMAS = "('practice','compliance','identity','ingress','portal','relay','replica','audit')"
UNCLASSED = f"""
select c.table_schema || '.' || c.table_name || '.' || c.column_name as name
from information_schema.columns c
where c.table_schema in {SCHEMAS} and c.table_name <> 'alembic_version'
  and coalesce(col_description(format('%I.%I', c.table_schema, c.table_name)::regclass, c.ordinal_position), '')
      !~ '^class:(phi|exempt|operational|secret)$'
"""
UNBOUNDED = f"""
select table_schema || '.' || table_name || '.' || column_name as name
from information_schema.columns
where table_schema in {SCHEMAS} and table_name <> 'alembic_version'
  and (data_type = 'text' or (data_type = 'character varying' and character_maximum_length is null))
"""
NOT_EXEMPT = """
select t.table_schema || '.' || t.table_name as name from information_schema.tables t
where t.table_schema in ('portal', 'replica') and t.table_name <> 'alembic_version'
  and not exists (select 1 from pg_constraint c
    where c.conrelid = format('%I.%I', t.table_schema, t.table_name)::regclass and c.contype = 'c'
      and pg_get_constraintdef(c.oid) = 'CHECK (hipaa_exempt)')
"""


async def names(database: PlaneDatabase, sql: str) -> list[str]:
    """The names a catalogue query gives."""
    return sorted(row["name"] for row in await database.run(sql))


async def test_every_column_has_its_class(onprem: PlaneDatabase, cloud: PlaneDatabase) -> None:
    """Also those that an application does not map; a new one without is named."""
    assert await names(onprem, UNCLASSED) == []
    assert await names(cloud, UNCLASSED) == []
    await cloud.run("create table portal.careless (note varchar(10))")
    assert await names(cloud, UNCLASSED) == ["portal.careless.note"]
    await cloud.run("drop table portal.careless")


async def test_cloud_has_no_unbounded_text_and_only_exempt_tables(cloud: PlaneDatabase) -> None:
    """A text column has a limit, a table its check; both checks are seen to find a careless one."""
    assert await names(cloud, UNBOUNDED) == []
    assert await names(cloud, NOT_EXEMPT) == []
    await cloud.run("create table portal.careless (note text)")
    assert await names(cloud, UNBOUNDED) == ["portal.careless.note"]
    assert await names(cloud, NOT_EXEMPT) == ["portal.careless"]
    await cloud.run("drop table portal.careless")


async def test_models_and_migrations_agree(onprem: PlaneDatabase, cloud: PlaneDatabase) -> None:
    """Alembic finds nothing to add on either plane."""
    from lmhg_stack.testing import migration_differences

    for database in (onprem, cloud):
        assert await asyncio.to_thread(migration_differences, database) == ""
    await onprem.run("alter table practice.client drop column may_mail")
    assert "may_mail" in await asyncio.to_thread(migration_differences, onprem)
