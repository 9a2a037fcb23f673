"""Transactions that have nothing to do with the relay do not hold it up."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from lmhg_stack.testing import PlaneDatabase

WRITES = "SELECT pg_current_xact_id()"


@asynccontextmanager
async def _open(url: str, *statements: str) -> AsyncIterator[asyncpg.Connection]:
    """A session that has begun a transaction and does not end it."""
    link = await asyncpg.connect(url)
    try:
        await link.execute("BEGIN")
        for statement in statements:
            await link.execute(statement)
        yield link
    finally:
        await link.close()


async def _another_database(rig: Any) -> Any:
    return _open(PlaneDatabase(rig.databases["onprem"].server, "postgres").url("postgres"), WRITES)


async def _migrator(rig: Any) -> Any:
    return _open(rig.databases["onprem"].url("lmhg_migrator"), "SET LOCAL ROLE lmhg_owner", WRITES)


async def _dump(rig: Any) -> Any:
    reads = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
    return _open(
        rig.databases["onprem"].url("postgres"), reads, "SELECT count(*) FROM relay.outbox"
    )


async def _subtransactions(rig: Any) -> Any:
    steps = [f"SAVEPOINT s{n}; CREATE TEMPORARY TABLE t{n} (n int)" for n in range(70)]
    return _open(rig.databases["onprem"].url("postgres"), *steps)


STRANGERS = {
    "another_database": _another_database,
    "migrator": _migrator,
    "dump": _dump,
    "subtransactions": _subtransactions,
}


@pytest.mark.found("AR1", "a transaction that writes nothing to the outbox holds up no record")
@pytest.mark.found(
    "h1", "with a write transaction left open anywhere in the cluster, records cross"
)
@pytest.mark.parametrize("name", STRANGERS)
async def test_a_stranger_holds_nothing_up(rig: Any, name: str) -> None:
    """A record and its recall cross while someone's transaction stays open."""
    async with await STRANGERS[name](rig):
        rig.start()
        record = await rig.put()
        await rig.until(rig.is_settled, "crossing beside a stranger")
        await rig.recall(record)
        await rig.until(rig.is_settled, "a recall beside a stranger")
        assert (await rig.held())[record]["purged"]


@pytest.mark.found("AR1", "a prepared transaction that somebody forgot holds up no record")
async def test_a_prepared_transaction_holds_nothing_up(rig: Any) -> None:
    """Also over a new start of the relay; it cannot hold outbox rows, for those notify."""
    name = f"left_{uuid.uuid4().hex}"
    async with _open(rig.databases["onprem"].url("postgres"), WRITES) as link:
        await link.execute(f"PREPARE TRANSACTION '{name}'")
    rig.start()
    names = [await rig.put()]
    await rig.until(rig.is_settled)
    await rig.stop()
    rig.start()
    names.append(await rig.put())
    await rig.until(rig.is_settled)
    assert set(await rig.held()) == set(names)
    await rig.onprem(f"ROLLBACK PREPARED '{name}'")


async def test_a_transaction_with_outbox_rows_cannot_be_prepared(rig: Any) -> None:
    """The outbox's trigger notifies, and PostgreSQL prepares nothing that has notified."""
    async with _open(rig.databases["onprem"].url("postgres")) as link:
        await link.execute(
            "INSERT INTO relay.outbox (kind, record_id, version, op) "
            "VALUES ('calendar_block', gen_random_uuid(), 1, 'recall')"
        )
        with pytest.raises(asyncpg.FeatureNotSupportedError):
            await link.execute("PREPARE TRANSACTION 'never'")


@pytest.mark.found(
    "AR1", "rows of a transaction that ends late cross once, after those that passed it"
)
async def test_a_late_commit_crosses_once(rig: Any) -> None:
    """It began first and commits last; a receipt for the others does not close its rows."""
    late = uuid.uuid4()
    rig.start()
    async with _open(rig.databases["onprem"].url("postgres")) as link:
        for version in (1, 2, 3):
            await link.execute(
                "INSERT INTO relay.outbox (kind, record_id, version, op) "
                "VALUES ('calendar_block', $1, $2, 'recall')",
                *(late, version),
            )
        names = [await rig.put() for _ in range(3)]
        await rig.until(rig.is_settled)
        assert set(await rig.held()) == set(names)
        await link.execute("COMMIT")
    await rig.until(rig.is_settled)
    held = await rig.held()
    assert held[late]["version"] == 3
    ends = [entry["decision"] for entry in await rig.decisions() if entry["record_id"] == str(late)]
    assert ends == ["ship"] * 3
