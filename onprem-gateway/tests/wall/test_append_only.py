"""Control 24: every ledger of both planes is append-only, for its owner and past ordinary triggers too."""

import asyncpg
import pytest

from lmhg_stack.testing import PlaneDatabase

ON_BOTH = frozenset(
    {
        "relay.ledger",
        "relay.ledger_node",
        "relay.receipt",
        "relay.cosignature",
        "relay.verdict",
        "audit.ledger",
        "audit.ledger_node",
        "audit.set_aside",
    }
)
ONPREM = ON_BOTH | {
    "identity.client_change",
    "compliance.founding",
    "compliance.canary_sweep",
}
"""What is written stays written, row by row; the sequencer alone deletes from `audit.event`."""
MOVING = frozenset({"relay.ledger_head", "audit.ledger_head"})
"""They say how far their ledger is: they move, and a checkpoint is signed over each step."""
INDEX = frozenset({"compliance.ledger_row", "compliance.ledger_day", "compliance.ledger_check"})
"""What entries are found by, or what a verification said; written by functions from the entries."""

_KEPT = """
select n.nspname || '.' || c.relname as name, bit_or(t.tgtype::int) as acts,
       bool_and(t.tgenabled = 'A') as always
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
join pg_proc p on p.oid = t.tgfoid
where p.proname = 'refuse_change' and t.tgtype & 1 = 0 group by 1
"""
_DELETE, _UPDATE, _TRUNCATE = 8, 16, 32
_WHOLE = _DELETE | _UPDATE | _TRUNCATE


async def kept(database: PlaneDatabase) -> frozenset[str]:
    """Tables whose every change but an insert is refused, whatever the session says, by the catalogue."""
    rows = await database.run(_KEPT)
    return frozenset(r["name"] for r in rows if r["acts"] & _WHOLE == _WHOLE and r["always"])


async def named_ledger(database: PlaneDatabase) -> frozenset[str]:
    """Tables that call themselves a ledger."""
    rows = await database.run(
        "select schemaname || '.' || tablename as name from pg_tables where tablename ~ 'ledger'"
    )
    return frozenset(row["name"] for row in rows)


@pytest.mark.found("t24", "every append-only ledger of both planes is tried, not one of one plane")
async def test_24_every_ledger_of_both_planes_is_append_only(
    onprem: PlaneDatabase, cloud: PlaneDatabase
) -> None:
    """By the catalogue: none is missing, and what calls itself a ledger is one or is explained."""
    assert await kept(onprem) == ONPREM
    assert await kept(cloud) == ON_BOTH
    assert await named_ledger(onprem) - ONPREM <= MOVING | INDEX
    assert await named_ledger(cloud) - ON_BOTH <= MOVING


async def attempt(database: PlaneDatabase, *statements: str) -> str:
    """The state with which a superuser is refused, past ordinary triggers; nothing is kept."""
    link = await asyncpg.connect(database.url("postgres"))
    undone = link.transaction()
    await undone.start()
    try:
        await link.execute("set local session_replication_role = replica")
        for statement in statements:
            await link.execute(statement)
    except asyncpg.PostgresError as refused:
        return str(getattr(refused, "sqlstate", ""))
    finally:
        await undone.rollback()
        await link.close()
    return "accepted"


@pytest.mark.parametrize("table", sorted(ONPREM))
async def test_24_superuser_changes_no_ledger(
    onprem: PlaneDatabase, cloud: PlaneDatabase, table: str
) -> None:
    """Update, delete, truncate, on each plane; with its trigger gone the same delete is accepted."""
    column = "select attname from pg_attribute where attrelid = $1::regclass and attnum = 1"
    trigger = "select tgname from pg_trigger where tgrelid = $1::regclass and not tgisinternal"
    for database in (onprem, cloud) if table in ON_BOTH else (onprem,):
        first = (await database.run(column, table))[0]["attname"]
        for act in (
            f"update {table} set {first} = {first}",
            f"delete from {table}",
            f"truncate {table} cascade",
        ):
            assert await attempt(database, act) == "LM001", act
        names = [row["tgname"] for row in await database.run(trigger, table)]
        off = [f"alter table {table} disable trigger {name}" for name in names]
        assert await attempt(database, *off, f"delete from {table}") == "accepted"
