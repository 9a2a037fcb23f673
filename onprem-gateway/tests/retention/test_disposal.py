"""Disposal: all of a person goes and nothing of anyone else, however often the worker dies."""

import asyncio
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import Uuid

from lmhg_contracts.classification import DataClass
from lmhg_gateway.database import MODELS
from lmhg_gateway.features.retention import carrying_out, repository
from lmhg_gateway.features.retention.certificate import halves, sha256_of
from lmhg_gateway.features.retention.disposing import declared, letting_go
from lmhg_gateway.features.retention.jobs import ACTOR, Disposal
from lmhg_gateway.features.retention.rules import digest_of
from lmhg_gateway.features.retention.wall import going
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.columns import classes_of
from lmhg_kit.practice import Practice
from lmhg_stack.process import base_env, wait_until
from lmhg_stack.testing import PlaneDatabase

from .everything import LONG_AGO, Rows, put_person, tables  # noqa: TID252 - beside this file
from .steps import NAMED, SALT, batch_of, disposed, due, in_one, someone  # noqa: TID252 - beside this file


def test_every_table_about_people_says_what_becomes_of_its_rows() -> None:
    """It goes with a client by its foreign keys or by what it says, or it says why it stays."""
    said = {each.table.fullname for each in going(MODELS)} | set(declared(MODELS))
    for model in MODELS:
        table = model.__dict__["__table__"]
        names = "client_id" in table.columns and isinstance(table.c.client_id.type, Uuid)
        if names or DataClass.PHI in classes_of(table).values():
            assert table.fullname in said, f"{table.fullname} says nothing: kernel/disposal.py"


async def dump(onprem: PlaneDatabase, *, but: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Every row of the plane as text, by table; but for the access log, which keeps numbers."""
    found = await onprem.run(
        "select schemaname || '.' || tablename as name from pg_tables"
        " where schemaname in ('practice', 'compliance', 'ingress', 'relay', 'replica', 'identity')"
    )
    rows: dict[str, list[str]] = {}
    for each in sorted(row["name"] for row in found):
        if each not in but:
            said = await onprem.run(f"select t::text as said from {each} t")
            rows[each] = [row["said"] for row in said]
    return rows


def naming(rows: dict[str, list[str]], *needles: str) -> set[str]:
    """The tables with a row that has one of these in it."""
    return {name for name, said in rows.items() if any(n in line for line in said for n in needles)}


def ids_of(person: Rows) -> set[str]:
    """The ids of a person's own rows."""
    return {str(row["id"]) for row in person.values() if "id" in row}


async def test_all_of_one_person_goes_and_nothing_of_another(
    opened: PlaneDatabase, worker: Database
) -> None:
    """A row of every table for two people: after the disposal of one no table has a value or a key of theirs."""
    gone = await put_person(opened, b"canary-one-")
    await put_person(opened, b"canary-two-")
    one = gone["practice.client"]["id"]
    before = await dump(opened)
    every = {table.fullname for table in tables()}
    assert naming(before, b"canary-one-".hex(), str(one), *ids_of(gone)) >= every
    _, items = await batch_of(opened, one, line="clients")
    async with worker.uow(ACTOR, "disposal.record") as tx:
        assert await repository.dispose(tx, items[0], years=7) == "gone"
    after = await dump(opened)
    stay = {table.fullname for table, _ in letting_go(MODELS)}
    assert naming(after, b"canary-one-".hex(), str(one)) == set()
    left = naming(after, *(ids_of(gone) - {str(gone[name]["id"]) for name in stay}))
    assert left <= {"compliance.disposal_object"}
    mine = {line for said in before.values() for line in said if b"canary-two-".hex() in line}
    assert mine
    assert mine <= {line for said in after.values() for line in said}
    for name, said in before.items():
        if name in every:
            held = [
                line for line in said if not ids_of(gone) & set(_ids(line)) and str(one) not in line
            ]
            assert set(held) <= set(after[name]), name
    item = (await opened.run("select * from compliance.disposal_item where id = $1", items[0]))[0]
    assert (item["client_id"], item["state"]) == (None, "rows_gone")
    assert item["digest"] == digest_of(SALT, str(one))
    files = {gone[name]["id"] for name in ("practice.document_version", "practice.paper_file")}
    async with worker.uow(ACTOR, "disposal.file") as tx:
        assert {
            each.object_id
            for each in await repository.files_left(tx, after=uuid.UUID(int=0), limit=9)
        } == files
        for file in files:
            await repository.file_gone(tx, file, at=datetime.now(UTC))
    done = await opened.run("select state from compliance.disposal_item where id = $1", items[0])
    assert done[0]["state"] == "done"


def _ids(line: str) -> set[str]:
    return {part for part in line.strip("()").split(",") if len(part) == 36}


async def test_something_new_keeps_a_record(opened: PlaneDatabase, worker: Database) -> None:
    """A record with anything newer than what was approved stays, and the batch says so."""
    client = await someone(worker)
    _, items = await batch_of(opened, client, last_at=LONG_AGO - timedelta(days=1))
    assert await disposed(worker, items[0]) == "changed"
    assert await disposed(worker, items[0]) == "skipped"


async def test_worker_alone_deletes_nothing(opened: PlaneDatabase, worker: Database) -> None:
    """Neither rows that are kept, nor by saying that a disposal runs: the column is nobody's."""
    client, item = await due(opened, worker)
    for act in (
        f"delete from practice.referral where client_id = '{client}'",
        f"update compliance.disposal_item set doing = 1 where id = '{item}'",
        "insert into compliance.disposal_count values (gen_random_uuid(), 'x', 1)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await in_one(opened, "gw_worker", NAMED.replace("'test'", "'process: worker'", 1), act)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await in_one(opened, "postgres", NAMED, "delete from practice.document_step")
    assert getattr(refused.value, "sqlstate", None) == "LM001"


JOB = (
    "import asyncio, sys\n"
    "from lmhg_gateway.features.retention.jobs import Disposal\n"
    "from lmhg_kit.persistence import Database\n"
    "from lmhg_kit.practice import Practice\n"
    "one = Disposal(Database(sys.argv[1], pool_size=2), Practice('America/New_York'), None, None)\n"
    "asyncio.run(one.step())\n"
)


@pytest.mark.parametrize("table", ["practice.client", "practice.referral", "practice.intakeq_copy"])
async def test_killed_worker_leaves_a_record_whole_and_the_next_one_goes_on(
    opened: PlaneDatabase, worker: Database, table: str
) -> None:
    """Killed before, amid and at the end of the rows: nothing of the record is gone; then all of it is."""
    client, item = await due(opened, worker)
    loop = asyncio.get_running_loop()

    def is_waiting() -> bool:
        asked = opened.run(
            "select 1 from pg_locks where relation = $1::regclass and not granted", table
        )
        return bool(asyncio.run_coroutine_threadsafe(asked, loop).result())

    link = await asyncpg.connect(opened.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(f"lock table {table} in access exclusive mode")
            argv = [sys.executable, "-c", JOB, opened.url("gw_worker")]
            assert await asyncio.to_thread(killed, argv, is_waiting) == -signal.SIGKILL
    finally:
        await link.close()
    there = await opened.run(
        "select state, doing from compliance.disposal_item where id = $1", item
    )
    assert [tuple(row) for row in there] == [("listed", None)]
    assert await opened.run("select 1 from practice.referral where client_id = $1", client)
    assert await disposed(worker, item) == "gone"
    assert not await opened.run("select 1 from practice.client where id = $1", client)


def killed(argv: list[str], is_waiting: Callable[[], bool]) -> int:
    """Start a worker, wait until it is before the locked table, and kill it; its exit code."""
    child = subprocess.Popen(argv, env=base_env())
    try:
        wait_until(is_waiting, "the worker at the locked table")
    finally:
        child.kill()
        child.wait()
    return child.returncode


async def test_certificate_is_in_the_ledger_and_stays_the_same(
    opened: PlaneDatabase, worker: Database
) -> None:
    """Its hash is in the event of the end, in two halves, and the file is the same each time."""
    client = await someone(worker)
    batch, _ = await batch_of(opened, client)
    job = Disposal(worker, Practice("America/New_York"), None, None)
    while await job.step():
        pass
    async with worker.read(ACTOR, "test") as tx:
        said = await carrying_out.certificate(tx, batch)
    told = await opened.run("select columns from audit.event where act = 'disposal.certificate'")
    assert halves(sha256_of(said)) in [list(row["columns"]) for row in told]
    known = json.loads(said)
    assert known["hashes"] == [digest_of(SALT, str(client))]
    assert (known["records"], known["rows"]["referral"]) == (1, 1)
    assert str(client) not in said.decode()


async def test_old_messages_go_and_newer_or_waiting_ones_stay(
    opened: PlaneDatabase, worker: Database
) -> None:
    """Only what came before the day of the batch and was worked on."""
    put = (
        "insert into ingress.delivery (id, received_at, source, peer, outcome, size, result)"
        " values ($1, $2, 'intakeq', '127.0.0.1', 'stored', 1, $3)"
    )
    old, new, waits_still = (uuid.uuid4() for _ in range(3))
    link = await asyncpg.connect(opened.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            await link.execute(put, old, LONG_AGO, "done")
            await link.execute(put, new, datetime.now(UTC), "done")
            await link.execute(put, waits_still, LONG_AGO, None)
    finally:
        await link.close()
    batch, _ = await batch_of(opened, messages_before=datetime(2010, 1, 1, tzinfo=UTC))
    job = Disposal(worker, Practice("America/New_York"), None, None)
    while await job.step():
        pass
    left = {row["id"] for row in await opened.run("select id from ingress.delivery")}
    assert left == {new, waits_still}
    counted = await opened.run(
        "select kind, rows from compliance.disposal_count where batch_id = $1", batch
    )
    assert [tuple(row) for row in counted] == [("delivery", 1)]
