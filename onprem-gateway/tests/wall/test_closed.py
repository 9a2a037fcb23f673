"""What no table declares, nobody may do; what nobody installed is seen; what is kept has a bound."""

import asyncio
import uuid
from collections.abc import Sequence

import asyncpg
import pytest

from lmhg_gateway.database import PLAN
from lmhg_gateway.features.decisions.rules import NEW_HOLDER_DAYS, POWERS
from lmhg_gateway.features.holds.rules import ONE_OFFICER
from lmhg_gateway.features.look_back.rules import PASSES_KEPT
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.access import accesses
from lmhg_kit.persistence.install import drift
from lmhg_portal.database import PLAN as PORTAL
from lmhg_quality.factories import BEN, released_announcement
from lmhg_relay.migrate import drift as relay_drift
from lmhg_stack.proof import acting, prove, refused
from lmhg_stack.testing import PlaneDatabase

ANA_ID, BEN_ID, OFFICER = (str(uuid.UUID(int=n)) for n in (0xA, 0xB, 0xC))
DENIED = "42501"

BY_HAND = {
    "grant delete on compliance.incident to gw_workspace": "grant compliance.incident to gw_workspace",
    "grant update (email) on identity.user_account to gw_worker": (
        "grant identity.user_account.email to gw_worker"
    ),
    "grant execute on function relay_release.release_all() to gw_workspace": (
        "grant relay_release.release_all() to gw_workspace"
    ),
    "grant usage on schema ingress to gw_identity": "grant schema ingress to gw_identity",
    (
        "create function compliance.helpful() returns void language sql as '';"
        " revoke all on function compliance.helpful() from public"
    ): "function compliance.helpful()",
    (
        "create trigger helpful before insert on practice.client for each row"
        " execute function relay_release.raise_version()"
    ): "trigger practice.client.helpful",
    (
        "create trigger wall_helpful before insert on practice.note for each row"
        " execute function relay_release.raise_version()"
    ): "trigger practice.note.wall_helpful",
    ("create policy helpful on practice.client using (true)"): "policy practice.client.helpful",
}
"""What an administrator could add in a hurry, and under which name drift tells it."""


@pytest.fixture(autouse=True)
async def colleagues(onprem: PlaneDatabase) -> None:
    """Two people who may approve, and an officer."""
    await prove(onprem, ANA_ID, BEN_ID, roles="admin")
    await prove(onprem, OFFICER, roles="compliance")


@pytest.mark.found(
    "W6", "a grant, a function, a trigger or a policy that nobody installed is drift"
)
@pytest.mark.parametrize("sql", BY_HAND)
async def test_what_was_added_by_hand_is_drift(onprem: PlaneDatabase, sql: str) -> None:
    """Each is named, and taken out of the list by the next installation if it is a grant."""
    url = onprem.url("lmhg_migrator")
    assert await asyncio.to_thread(drift, url, PLAN) == []
    await onprem.run(f"do $$ begin set local role lmhg_owner; {sql}; end $$")
    try:
        assert BY_HAND[sql] in await asyncio.to_thread(drift, url, PLAN)
    finally:
        await onprem.run(undo(sql))


_LOOSE = """
select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and (p.prosecdef or p.proconfig is not null)
    and not coalesce(p.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']
"""


@pytest.mark.found("W6", "no function that runs as the owner finds a type or table of its caller's")
async def test_functions_look_at_temporary_objects_last(
    onprem: PlaneDatabase, cloud: PlaneDatabase
) -> None:
    """A login may make a type or a table of a known name in its session; here it may not even do that."""
    for database, roles in ((onprem, ("gw_worker", "gw_ingress")), (cloud, ("po_worker",))):
        assert await database.run(_LOOSE) == []
        await database.run(
            "create function public.loose() returns int language sql security definer"
            " set search_path = pg_catalog as 'select 1'"
        )
        assert [row["name"] for row in await database.run(_LOOSE)] == ["loose()"]
        await database.run("drop function public.loose()")
        for role in roles:
            [row] = await database.run(
                "select has_database_privilege($1, 'lmhg', 'temporary') as may", role
            )
            assert not row["may"]


@pytest.mark.found("W6", "a setting that a role gives itself for its next connections is drift")
async def test_what_a_role_gives_itself_is_drift(onprem: PlaneDatabase) -> None:
    """PostgreSQL lets every role do that: commits that wait for nothing, another search path."""
    url = onprem.url("lmhg_migrator")
    for setting, value in (("synchronous_commit", "off"), ("search_path", "public")):
        own = f"alter role gw_ingress in database {onprem.name}"
        link = await asyncpg.connect(onprem.url("gw_ingress"))
        await link.execute(f"{own} set {setting} = {value}")
        await link.close()
        try:
            found = await asyncio.to_thread(drift, url, PLAN)
            assert found == [f"setting {setting} of gw_ingress"]
        finally:
            await onprem.run(f"{own} reset {setting}")
    assert await asyncio.to_thread(drift, url, PLAN) == []


def undo(sql: str) -> str:
    """The SQL that takes an addition back."""
    if sql.startswith("grant"):
        return sql.replace("grant", "revoke", 1).replace(" to ", " from ")
    if "function compliance" in sql:
        return "drop function compliance.helpful()"
    _, what, name, *rest = sql.split()
    return f"drop {what} {name} on {rest[rest.index('on') + 1]}"


RELAY_BY_HAND = {
    "grant update on relay.verdict to gw_worker": "grants of relay.verdict",
    "alter table relay.ledger disable trigger append_only": "trigger relay.ledger.append_only",
    (
        "create function relay.helpful() returns void language sql as '';"
        " revoke all on function relay.helpful() from public"
    ): "function relay.helpful()",
}


@pytest.mark.found("W6", "the relay's own schemas are closed and compared the same way")
async def test_the_relays_wall_has_not_drifted_and_drift_is_seen(
    onprem: PlaneDatabase, cloud: PlaneDatabase
) -> None:
    """On both planes: nothing differs, and each thing done by hand is named."""
    for database, worker in ((onprem, "gw_worker"), (cloud, "po_worker")):
        url = database.url("lmhg_migrator")
        assert await relay_drift(url) == []
        for sql, name in RELAY_BY_HAND.items():
            by_hand = sql.replace("gw_worker", worker)
            await database.run(f"do $$ begin set local role lmhg_owner; {by_hand}; end $$")
            assert name in await relay_drift(url), sql


@pytest.mark.found(
    "W6", "a table that does not say who may touch it is nobody's, and does not start"
)
async def test_a_table_declares_who_may_touch_it() -> None:
    """Every table of both planes says so; one that does not is refused by name."""
    assert len(PLAN.access()) > len(PLAN.models)
    assert PORTAL.access()

    class Silent:
        __table__ = PLAN.models[0].__dict__["__table__"]

    with pytest.raises(TypeError, match="does not say which process may touch it"):
        accesses([Silent])


async def test_a_new_table_is_closed_until_it_says_otherwise(onprem: PlaneDatabase) -> None:
    """Made by the owner, granted to nobody: each role of the plane is refused."""
    await onprem.run(
        "do $$ begin set local role lmhg_owner; create table practice.fresh (id int); end $$"
    )
    for role in ("gw_workspace", "gw_worker", "gw_identity", "gw_ingress", "relay"):
        assert await refused(onprem, role, "select * from practice.fresh") == DENIED, role


UNDELETED = ("compliance.incident", "compliance.incident_event", "compliance.break_glass")


@pytest.mark.found(
    "P8", "incidents and openings of emergency access are never deleted or re-labelled"
)
async def test_incidents_and_openings_stay(onprem: PlaneDatabase) -> None:
    """Not by a process, and not by the administrator; an incident's subject stays as it was opened."""
    mine = f"select {acting(OFFICER)}"
    insert = (
        "insert into compliance.incident (id, code, subject_kind)"
        " values (gen_random_uuid(), 'sweep_late', 'client')"
    )
    assert await refused(onprem, "gw_workspace", mine, insert) == "accepted"
    for table in UNDELETED:
        for role in ("gw_workspace", "gw_worker"):
            assert await refused(onprem, role, mine, f"delete from {table}") == DENIED, (
                table,
                role,
            )
        assert (await refused(onprem, "postgres", mine, f"delete from {table}"))[:2] == "LM"
    relabel = "update compliance.incident set code = 'other'"
    assert await refused(onprem, "postgres", mine, relabel) == "LM001"
    close = "update compliance.incident set closed_at = now(), closed_by = '{}'"
    assert await refused(onprem, "gw_workspace", mine, close.format(ANA_ID)) == "LM001"
    assert await refused(onprem, "gw_workspace", mine, close.format(OFFICER)) == "accepted"


@pytest.mark.found("W1", "a text that two people approved does not change while it is shared")
async def test_an_approval_for_one_record_is_for_its_text(onprem: PlaneDatabase) -> None:
    """Not in place, not by taking it off and on in one go; under a standing approval it may."""
    db = Database(onprem.url("gw_workspace"), pool_size=1)
    one = await released_announcement(db, title="Parking")
    standing = await released_announcement(db, title="Parking", is_standing=True)
    await db.close()
    mine = f"select {acting(BEN.id)}"
    change = f"update practice.announcement set title = 'Other' where id = '{one.id}'"
    off, on = (
        f"update practice.announcement set hipaa_exempt = {word} where id = '{one.id}'"
        for word in ("false", "true")
    )
    assert await refused(onprem, "gw_workspace", mine, change) == "LM032"
    assert await refused(onprem, "gw_workspace", mine, off, change, on) == "LM032"
    assert await refused(onprem, "gw_workspace", mine, off, on) == "accepted"
    free = change.replace(str(one.id), str(standing.id))
    assert await refused(onprem, "gw_workspace", mine, free) == "accepted"


@pytest.mark.found("W7", "no process but the relay can take the place of its lock")
async def test_no_other_process_takes_a_lock_by_number(
    onprem: PlaneDatabase, cloud: PlaneDatabase
) -> None:
    """Every form of it, in one session and in one transaction; the relay's own form is the control."""
    for database, roles in (
        (onprem, ("gw_workspace", "gw_worker", "gw_identity", "gw_ingress")),
        (cloud, ("po_portal", "po_worker")),
    ):
        for role in roles:
            for form in ("lock", "try_lock", "xact_lock", "try_advisory"):
                name = {"try_advisory": "pg_try_advisory_lock"}.get(
                    form, f"pg_advisory_{form}".replace("advisory_try_lock", "advisory_lock_shared")
                )
                assert await refused(database, role, f"select {name}(1::bigint)") == DENIED, name
        assert (
            await refused(database, "relay", "select pg_try_advisory_lock(1::bigint)") == "accepted"
        )


_UNBOUNDED = """
select a.attrelid::regclass::text || '.' || a.attname as name
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
  and c.relname <> 'alembic_version'
  and ((t.typname in ('varchar', 'bpchar', 'text') and a.atttypmod < 0)
    or ((t.typname in ('bytea', 'json', 'jsonb') or t.typcategory = 'A') and not exists (
        select from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey)
          and pg_get_constraintdef(k.oid) ~ '(octet_length|cardinality|pg_column_size)')))
order by 1
"""


async def unbounded(database: PlaneDatabase) -> Sequence[str]:
    """Columns of a plane that could hold any amount of text."""
    return [row["name"] for row in await database.run(_UNBOUNDED)]


@pytest.mark.found(
    "W8", "no column of either plane can hold any amount of text, bytes, list or JSON"
)
async def test_every_column_has_a_bound(onprem: PlaneDatabase, cloud: PlaneDatabase) -> None:
    """By the catalogue; the control is a table with one column of each sort."""
    assert await unbounded(onprem) == []
    assert await unbounded(cloud) == []
    await cloud.run(
        "create table portal.loose (a text, b bytea, c varchar(5)[], d jsonb, e varchar(9))"
    )
    assert await unbounded(cloud) == [f"portal.loose.{name}" for name in "abcd"]


async def test_what_the_database_and_the_pages_say_is_the_same(onprem: PlaneDatabase) -> None:
    """Constants that both need: powers, days of a new holder, rules of one officer, days of a search."""
    (row,) = await onprem.run(
        "select relay_release.powers() as powers, relay_release.one_officer() as one,"
        " relay_release.new_holder_for() as days"
    )
    assert tuple(row["powers"]) == POWERS
    assert set(row["one"]) == set(ONE_OFFICER)
    assert row["days"].days == NEW_HOLDER_DAYS
    (quarter,) = await onprem.run(
        "select pg_get_functiondef('relay_release.pass_stands'::regproc) as body"
    )
    assert f"interval '{PASSES_KEPT.days} days'" in quarter["body"]
