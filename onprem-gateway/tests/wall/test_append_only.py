"""Control 24: every ledger of both planes is append-only, for its owner and past ordinary triggers too."""

import pytest

from lmhg_stack.proof import tried
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
    "practice.document_step",
    "practice.client_merge_row",
    "practice.absence_move",
    "practice.downtime_opening",
    "practice.shift_read",
    "practice.referral_edit",
    "compliance.founding",
    "compliance.canary_sweep",
    "compliance.disposal_certificate",
    "compliance.document_approval",
    "compliance.store_sweep",
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
where p.proname in ('refuse_change', 'kept_unless_disposed') and t.tgtype & 1 = 0 group by 1
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


async def past_triggers(database: PlaneDatabase, *statements: str) -> str:
    """The outcome for a superuser, past ordinary triggers."""
    past = "set local session_replication_role = replica"
    named = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
    return await tried(database, "postgres", past, named, *statements)


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
            assert await past_triggers(database, act) == "LM001", act
        names = [row["tgname"] for row in await database.run(trigger, table)]
        off = [f"alter table {table} disable trigger {name}" for name in names]
        assert await past_triggers(database, *off, f"delete from {table}") == "accepted"


_NOTED = (
    "select set_config('app.actor', 'process: test', true), set_config('app.purpose', 'p', true)",
    "select audit.note('read', 'client', array[gen_random_uuid()], array['phone'], 'done')",
)
_SAID = """
insert into audit.ledger (n, entry)
select h.size + row_number() over (order by e.seq) - 1, convert_to(jsonb_build_object(
    'n', h.size, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'actor', e.actor,
    'act', e.act, 'purpose', e.purpose, 'zone', e.zone, 'subject_kind', e.subject_kind,
    'subject_ids', to_jsonb(e.subject_ids), 'columns', to_jsonb(e.columns), 'outcome', e.outcome,
    'request_id', e.request_id{changed})::text, 'UTF8')
from audit.event e, audit.ledger_head h where h.ledger = 'access' order by e.seq
"""
_MOVED = (
    "update audit.ledger_head set size = size + (select count(*) from audit.event)"
    " where ledger = 'access'"
)
_ASIDE = (
    "insert into audit.set_aside (id, n, at, actor, act, subject_kind, subjects, reason, digest, event)"
    " select '00000000-0000-0000-0000-00000000000a', h.size, e.at, e.actor, e.act, e.subject_kind,"
    " cardinality(e.subject_ids), 'r', sha256(convert_to(to_jsonb(e)::text, 'UTF8')), to_jsonb(e)"
    " from audit.event e, audit.ledger_head h where h.ledger = 'access'"
)
_NAMED = (
    "insert into audit.ledger (n, entry) select h.size, convert_to(jsonb_build_object('act', 'set_aside',"
    " 'subject_ids', to_jsonb(array['00000000-0000-0000-0000-00000000000a'::uuid]))::text, 'UTF8')"
    " from audit.ledger_head h where h.ledger = 'access'"
)
_FORGOTTEN = "delete from audit.event"
_FACTS = (
    "at", "actor", "act", "purpose", "zone", "subject_kind", "subject_ids", "columns", "outcome",
    "request_id",
)  # fmt: skip


@pytest.mark.found("P8", "an event goes only once the access ledger says what it said")
async def test_an_event_goes_only_once_the_ledger_says_it(
    onprem: PlaneDatabase, cloud: PlaneDatabase
) -> None:
    """With the worker's login alone; an entry that says another thing does not do. The right one does."""
    for database, role in ((onprem, "gw_worker"), (cloud, "po_worker")):
        for part in ((), (_NOTED[1],)):
            noted = (*_NOTED, *part)
            assert await tried(database, role, *noted, _FORGOTTEN) == "LM001"
            assert await tried(database, role, *noted, _MOVED, _FORGOTTEN) == "LM001"
            said = _SAID.format(changed="")
            assert await tried(database, role, *noted, said, _MOVED, _FORGOTTEN) == "accepted"
        beyond = _SAID.format(changed="").replace("h.size + row_number()", "9000000 + row_number()")
        assert await tried(database, role, *_NOTED, beyond, _MOVED, _FORGOTTEN) == "LM001"
        assert await tried(database, role, *_NOTED, _ASIDE, _FORGOTTEN) == "LM001"
        assert (
            await tried(database, role, *_NOTED, _ASIDE, _NAMED, _MOVED, _FORGOTTEN) == "accepted"
        )
        false = _ASIDE.replace("e.actor, e.act", "'x', 'x'")
        assert await tried(database, role, *_NOTED, false, _NAMED, _MOVED, _FORGOTTEN) == "LM001"
        for fact in _FACTS:
            other = _SAID.format(changed="").replace(
                f"'{fact}', ", f"'{fact}', to_jsonb('x'::text), '_', "
            )
            assert await tried(database, role, *_NOTED, other, _MOVED, _FORGOTTEN) == "LM001"
