"""Every function that a running process may call checks what it is given."""

import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_stack.bootstrap import ROLES
from lmhg_stack.testing import PlaneDatabase

KEY = Ed25519PrivateKey.generate()
CALLABLE = """
select r.rolname as role, p.oid::regprocedure::text as signature, n.nspname || '.' || p.proname as name,
       array(select t::regtype::text from unnest(p.proargtypes) t) as types
from pg_proc p join pg_namespace n on n.oid = p.pronamespace, pg_roles r
where n.nspname not in ('pg_catalog', 'information_schema') and p.prorettype <> 'trigger'::regtype
  and r.rolname = any($1) and has_schema_privilege(r.oid, n.oid, 'usage')
  and has_function_privilege(r.oid, p.oid, 'execute')
order by 1, 2
"""
GOOD: Mapping[str, tuple[object, ...]] = {
    "audit.actor": (),
    "audit.context": ("actor", "nobody"),
    "audit.note": ("read", "client", [], [], "done"),
    "identity.redeem": (
        "a code",
        "a state",
        bytes(32),
        uuid.UUID(int=1),
        datetime(2026, 3, 8, tzinfo=UTC),
        "a browser",
        "192.0.2.7",
    ),
    "compliance.index_relay": ("UTC", 1),
    "compliance.index_access": ("UTC", 1),
    "relay_release.release_again": ("announcement", uuid.UUID(int=1)),
    "relay_release.release_all": (),
    "relay_release.are_linked": (str(uuid.UUID(int=1)), str(uuid.UUID(int=2))),
    "relay_release.dispose": (uuid.UUID(int=1), 7, "not_due"),
    "relay_release.disposal_facts": (uuid.UUID(int=1),),
    "relay_release.dispose_messages": (uuid.UUID(int=1),),
    "relay_release.messages_kept": (uuid.UUID(int=1),),
    "relay_release.paper_file_is_gone": (uuid.UUID(int=1),),
    "relay_release.paper_is_gone": (uuid.UUID(int=1),),
    "relay_release.last_at": ([uuid.UUID(int=1)],),
    "relay_release.objects_named": ([uuid.UUID(int=1)],),
    "relay_release.kept_until": ([uuid.UUID(int=1)],),
    "relay_release.was_seen": ([uuid.UUID(int=1)],),
    "relay_release.is_held": ([uuid.UUID(int=1)],),
    "relay_release.beside": ([uuid.UUID(int=1)],),
    "relay_release.holds_of": ([uuid.UUID(int=1)],),
    "relay_release.is_merging": (uuid.UUID(int=1), uuid.UUID(int=2)),
    "relay_release.one_person": (uuid.UUID(int=1),),
    "relay_release.glass_open_until": (uuid.UUID(int=1), datetime(2026, 3, 8, tzinfo=UTC)),
    "relay_release.release_again/cloud": ("ticket", uuid.UUID(int=1)),
}
"""Each function with arguments that it takes: a function that is not here fails the test."""
ODD: Mapping[str, tuple[object, ...]] = {
    "text": (None, "", "x" * 100_000, "nowhere/at_all", "'; select 1 --", "\x01", "\u202e"),
    "integer": (None, -100, -1, 0, -(2**31), 2**31 - 1),
    "bigint": (None, -100, -(2**63), 2**63 - 1),
    "timestamp with time zone": (
        None,
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ),
    "bytea": (None, b"", bytes(31), bytes(100_000)),
    "uuid": (None, uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)),
    "uuid[]": (None, [None], [uuid.UUID(int=n) for n in range(2_000)], [[uuid.UUID(int=1)]]),
    "text[]": (None, [None], ["x" * 64], ["x"] * 1_000, ["x" * 63] * 199, [["x"]]),
}
CLEAN = ("22", "23", "LM")
"""Classes of SQLSTATE that say that the argument was refused."""
TABLES = """
select table_schema || '.' || table_name as name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
  and (table_schema, table_name) <> ('audit', 'event') order by 1
"""


async def state(plane: PlaneDatabase) -> dict[str, str]:
    """A digest of every table but the events that wait to be sequenced."""
    link = await asyncpg.connect(plane.url("postgres"))
    try:
        found: dict[str, str] = {}
        for row in await link.fetch(TABLES):
            name = row["name"]
            digest = (
                f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {name} t"
            )
            found[name] = await link.fetchval(digest)
        return found
    finally:
        await link.close()


def _odd_calls(good: tuple[object, ...], types: list[str]) -> Iterator[tuple[object, ...]]:
    """The good arguments with one of them odd, each in turn."""
    for place, kind in enumerate(types):
        for odd in ODD[kind]:
            yield (*good[:place], odd, *good[place + 1 :])


@asynccontextmanager
async def _as(plane: PlaneDatabase, role: str) -> AsyncIterator[asyncpg.Connection]:
    link = await asyncpg.connect(plane.url(role))
    try:
        await link.execute(
            "select set_config('app.actor', 'process: test', false), set_config('app.purpose', 'p', false)"
        )
        yield link
    finally:
        await link.close()


async def _call(link: asyncpg.Connection, row: Any, arguments: tuple[object, ...]) -> str | None:
    """Why the call was refused, as a SQLSTATE; None when it was taken."""
    marks = ", ".join(f"${place}::{kind}" for place, kind in enumerate(row["types"], 1))
    try:
        await link.execute(f"select {row['name']}({marks})", *arguments)
    except asyncpg.PostgresError as refused:
        return str(getattr(refused, "sqlstate", ""))
    return None


async def _fill(plane: PlaneDatabase) -> None:
    """A ledger with entries, so that there is something to harm."""
    role = "gw_worker" if plane.server.plane == "onprem" else "po_worker"
    db = Database(plane.url(role), pool_size=1)
    async with db.uow(Actor("process: test"), "p") as tx:
        for _ in range(5):
            await tx.audit("read", kind="client")
    name = plane.server.plane
    signer = NoteSigner(f"lmhg-s1-{name}", KEY)
    await Sequencer(db, origin("s1", name, "access"), signer).step()
    await db.close()


@pytest.fixture(params=["onprem", "cloud"])
def plane(request: pytest.FixtureRequest) -> PlaneDatabase:
    """One plane's migrated database."""
    return request.getfixturevalue(request.param)


@pytest.mark.found(
    "P7", "every function that a running role may call refuses odd arguments and harms nothing"
)
async def test_odd_arguments_are_refused_and_harm_nothing(plane: PlaneDatabase) -> None:
    """Every function of the catalogue, as every role that may execute it, each argument odd in turn."""
    roles = [role for role in ROLES[plane.server.plane] if role != "lmhg_migrator"]
    rows = await plane.run(CALLABLE, roles)
    assert rows
    await _fill(plane)
    before = await state(plane)
    for row in rows:
        good = GOOD.get(f"{row['name']}/{plane.server.plane}", GOOD.get(row["name"]))
        assert good is not None, f"{row['signature']}: add it to GOOD"
        async with _as(plane, row["role"]) as link:
            for arguments in _odd_calls(good, row["types"]):
                why = await _call(link, row, arguments)
                assert why is None or why[:2] in CLEAN, (row["signature"], why)
        after = await state(plane)
        assert after == before, row["signature"]
    assert await plane.run("select 1 from audit.event where cardinality(subject_ids) > 500") == []


async def test_a_function_that_checks_nothing_is_noticed(onprem: PlaneDatabase) -> None:
    """The negative control: the same call past the check moves the index before its beginning."""
    await _fill(onprem)
    before = await state(onprem)
    await onprem.run(
        "create or replace function compliance.check_index(wanted_zone text, most integer)"
        " returns void language plpgsql as 'begin return; end'"
    )
    await onprem.run("select compliance.index_access('UTC', -100)")
    after = await state(onprem)
    assert {name for name in after if after[name] != before[name]} == {"compliance.review_state"}
    assert await onprem.run("select 1 from compliance.review_state where next_n = -100")
