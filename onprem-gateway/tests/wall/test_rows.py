"""Control 22: rows about clients exist only for a transaction that has named its actor."""

import uuid

import asyncpg
import pytest

from lmhg_stack.testing import PlaneDatabase

UNGUARDED = (
    "select distinct c.oid::regclass::text as name from pg_class c"
    " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
    " where c.relkind in ('r', 'p') and col_description(c.oid, a.attnum) = 'class:phi'"
    " and not (c.relrowsecurity and c.relforcerowsecurity and exists ("
    "  select 1 from pg_policies p where p.schemaname = c.relnamespace::regnamespace::text"
    "  and p.tablename = c.relname and p.policyname = 'actor_named'"
    "  and p.qual is not null and p.with_check is not null and p.permissive = 'PERMISSIVE'))"
)
OTHER_POLICIES = "select count(*) as n from pg_policies where policyname <> 'actor_named'"


async def test_22_every_table_about_clients_has_forced_row_security(onprem: PlaneDatabase) -> None:
    """The catalogue knows no exception, and no second policy opens what the first one closes."""
    assert [row["name"] for row in await onprem.run(UNGUARDED)] == []
    assert (await onprem.run(OTHER_POLICIES))[0]["n"] == 0
    guarded = await onprem.run("select tablename from pg_policies")
    assert {"client", "appointment", "intake", "note", "referral"} <= {
        row["tablename"] for row in guarded
    }


@pytest.mark.parametrize(
    "change",
    [
        "alter table practice.client no force row level security",
        "alter table practice.client disable row level security",
        "drop policy actor_named on practice.client",
    ],
)
async def test_22_the_catalogue_shows_what_was_taken_away(
    onprem: PlaneDatabase, change: str
) -> None:
    """The negative control: each way to open a table is found."""
    link = await asyncpg.connect(onprem.url("postgres"))
    undone = link.transaction()
    try:
        await undone.start()
        await link.execute(change)
        assert [row["name"] for row in await link.fetch(UNGUARDED)] == ["practice.client"]
    finally:
        await undone.rollback()
        await link.close()


@pytest.mark.parametrize("role", ["gw_workspace", "gw_worker", "lmhg_owner"])
async def test_22_without_an_actor_there_is_nothing_to_see(
    onprem: PlaneDatabase, role: str
) -> None:
    """A statement smuggled past the unit of work reads nothing, the owner's neither."""
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" insert into practice.client (id) values ('{uuid.uuid4()}'); end $$"
    )
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(f"set local role {role}")
            assert await link.fetchval("select count(*) from practice.client") == 0
            await link.execute("select set_config('app.actor', 'test', true)")
            assert await link.fetchval("select count(*) from practice.client") > 0
    finally:
        await link.close()


async def test_22_releasing_all_again_sees_every_record(onprem: PlaneDatabase) -> None:
    """After a restore the relay asks without an actor of its own; the function names one."""
    body = await onprem.run(
        "select pg_get_functiondef(p.oid) as body from pg_proc p"
        " join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'relay_release' and p.proname = 'release_all'"
    )
    assert "set_config('app.actor', 'process: relay', true)" in body[0]["body"]
