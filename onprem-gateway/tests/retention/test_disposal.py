"""Disposal: all of a person goes and nothing of anyone else, and a hold wins every race."""

import asyncio
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import Uuid
from sqlalchemy.exc import DBAPIError

from lmhg_contracts.classification import DataClass
from lmhg_gateway.database import MODELS
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.retention import batches, repository, service
from lmhg_gateway.features.retention.certificate import halves, sha256_of
from lmhg_gateway.features.retention.forms import HoldForm
from lmhg_gateway.features.retention.jobs import ACTOR, Disposal
from lmhg_gateway.features.retention.models import LegalHold
from lmhg_gateway.features.retention.rules import digest_of
from lmhg_gateway.features.retention.wall import declared, going, letting_go
from lmhg_kit.persistence import Database, WriteSession
from lmhg_kit.persistence.columns import classes_of
from lmhg_kit.practice import Practice
from lmhg_kit.wall_errors import wall_code
from lmhg_stack.process import base_env, wait_until
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

from .everything import LONG_AGO, Rows, open_up, put_person, tables  # noqa: TID252 - beside this file

ADMIN, OFFICER, SECOND = (uuid.UUID(int=0xA0 + n) for n in range(3))
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
GONE = "c0ffee"
SALT = "5a" * 32


def test_every_table_about_people_says_what_becomes_of_its_rows() -> None:
    """It goes with a client by its foreign keys or by what it says, or it says why it stays."""
    said = {each.table.fullname for each in going(MODELS)} | set(declared(MODELS))
    for model in MODELS:
        table = model.__dict__["__table__"]
        names = "client_id" in table.columns and isinstance(table.c.client_id.type, Uuid)
        if names or DataClass.PHI in classes_of(table).values():
            assert table.fullname in said, f"{table.fullname} says nothing: kernel/disposal.py"


@pytest.fixture(scope="module")
async def opened(onprem: PlaneDatabase) -> PlaneDatabase:
    """A database in which any row can be made up; an administrator and two officers."""
    await prove(onprem, ADMIN, roles="admin")
    await prove(onprem, OFFICER, SECOND, roles="compliance")
    await open_up(onprem)
    return onprem


@pytest.fixture
async def worker(opened: PlaneDatabase) -> AsyncIterator[Database]:
    """The worker's database."""
    db = Database(opened.url("gw_worker"), pool_size=3)
    yield db
    await db.close()


async def batch_of(
    onprem: PlaneDatabase, *clients: uuid.UUID, last_at: datetime = LONG_AGO
) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """A batch of these records that two people agreed to, and its items; any older one is over."""
    batch, items = uuid.uuid4(), [uuid.uuid4() for _ in clients]
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            for table in ("disposal_batch", "disposal_item"):
                await link.execute(f"alter table compliance.{table} disable trigger user")
            await link.execute(
                "update compliance.disposal_batch set state = 'dropped' where state = 'approved'"
            )
            await link.execute(
                "insert into compliance.disposal_batch (id, state, salt, proposed_by, asked_by, decided_by)"
                " values ($1, 'approved', $2, 'process: worker', $3, $4)",
                batch, SALT, ADMIN, OFFICER,
            )  # fmt: skip
            for item, client in zip(items, clients, strict=True):
                await link.execute(
                    "insert into compliance.disposal_item (id, batch_id, client_id, line, years, last_at)"
                    " values ($1, $2, $3, 'clients', 7, $4)",
                    item, batch, client, last_at,
                )  # fmt: skip
            for table in ("disposal_batch", "disposal_item"):
                await link.execute(f"alter table compliance.{table} enable trigger user")
    finally:
        await link.close()
    return batch, items


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
    _, items = await batch_of(opened, one)
    async with worker.uow(ACTOR, "disposal.record") as tx:
        assert await repository.dispose(tx, items[0]) == "gone"
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
    file = gone["practice.document_version"]["id"]
    async with worker.uow(ACTOR, "disposal.file") as tx:
        assert [each.object_id for each in await repository.files_left(tx, 9)] == [file]
        await repository.file_gone(tx, file, at=datetime.now(UTC))
    done = await opened.run("select state from compliance.disposal_item where id = $1", items[0])
    assert done[0]["state"] == "done"


def _ids(line: str) -> set[str]:
    return {part for part in line.strip("()").split(",") if len(part) == 36}


async def someone(worker: Database) -> uuid.UUID:
    """A client with a referral, as the worker stores one."""
    async with worker.uow(ACTOR, "test") as tx:
        client = Client()
        client.legal_name = "Brindlewyn Ostrameer"
        tx.add(client)
        await tx.flush()
        tx.add(
            Referral(
                client_id=client.id,
                source_category="self",
                received_on=date(2020, 1, 1),
                channel="phone",
                concern_code="unknown",
                state="closed",
            )
        )
        return client.id


async def due(opened: PlaneDatabase, worker: Database) -> tuple[uuid.UUID, uuid.UUID]:
    """A client who is in a batch that was approved, and the item."""
    client = await someone(worker)
    _, items = await batch_of(opened, client, last_at=datetime.now(UTC) + timedelta(minutes=5))
    return client, items[0]


@pytest.fixture
async def desk(opened: PlaneDatabase) -> AsyncIterator[Database]:
    """The workspace's database."""
    db = Database(opened.url("gw_workspace"), pool_size=3)
    yield db
    await db.close()


async def waits(opened: PlaneDatabase) -> None:
    """Until some session waits for another one's lock."""
    async with asyncio.timeout(20):
        while not await opened.run("select 1 from pg_locks where not granted"):
            pass


async def place(desk: Database, client: uuid.UUID | None) -> LegalHold:
    """An administrator places a hold."""
    async with desk.uow(person_of(ADMIN), "retention.hold") as tx:
        return await hold_in(tx, client)


async def hold_in(tx: WriteSession, client: uuid.UUID | None) -> LegalHold:
    """A hold in a unit of work that is open."""
    return await service.place_hold(
        tx,
        HoldForm(why="A lawsuit came in."),
        client_id=client,
        by=str(ADMIN),
        at=datetime.now(UTC),
    )


async def lift(desk: Database, hold: LegalHold) -> None:
    """End a hold, so that the next test begins without."""
    async with desk.uow(person_of(ADMIN), "retention.lift") as tx:
        await service.lift_hold(tx, hold.id, by=str(ADMIN), at=datetime.now(UTC))


async def disposed(worker: Database, item: uuid.UUID) -> str:
    """What comes of an item."""
    async with worker.uow(ACTOR, "disposal.record") as tx:
        return await repository.dispose(tx, item)


@pytest.mark.parametrize("is_all", [False, True])
async def test_hold_that_began_first_wins(
    opened: PlaneDatabase, worker: Database, desk: Database, *, is_all: bool
) -> None:
    """The disposal waits for it, and then keeps the record."""
    client, item = await due(opened, worker)
    async with desk.uow(person_of(ADMIN), "retention.hold") as tx:
        hold = await hold_in(tx, None if is_all else client)
        going_on = asyncio.create_task(disposed(worker, item))
        await waits(opened)
    assert await going_on == "held"
    assert await opened.run("select 1 from practice.referral where client_id = $1", client)
    await lift(desk, hold)


@pytest.mark.parametrize("is_all", [False, True])
async def test_disposal_that_began_first_is_done_before_the_hold(
    opened: PlaneDatabase, worker: Database, desk: Database, *, is_all: bool
) -> None:
    """A hold on the record is refused, because there is none anymore; one on everything keeps the rest."""
    client, item = await due(opened, worker)
    async with worker.uow(ACTOR, "disposal.record") as tx:
        assert await repository.dispose(tx, item) == "gone"
        holding = asyncio.create_task(place(desk, None if is_all else client))
        await waits(opened)
    if is_all:
        await lift(desk, await holding)
        return
    with pytest.raises(DBAPIError) as refused:
        await holding
    assert wall_code(refused.value) == "legal_hold_stands"


async def test_nobody_deletes_what_is_on_hold(
    opened: PlaneDatabase, worker: Database, desk: Database
) -> None:
    """Not the worker, not the owner, not an administrator of the database; once it is lifted the worker can."""
    client = await someone(worker)
    hold = await place(desk, client)
    for role in ("gw_worker", "postgres"):
        named = NAMED.replace("'test', true), s", "'process: worker', true), s")
        with pytest.raises(asyncpg.PostgresError) as refused:
            await in_one(opened, role, named, f"delete from practice.client where id = '{client}'")
        assert getattr(refused.value, "sqlstate", None) == "LM081"
    await lift(desk, hold)


async def in_one(opened: PlaneDatabase, role: str, *statements: str) -> None:
    """Statements in one transaction of a role."""
    link = await asyncpg.connect(opened.url(role))
    try:
        async with link.transaction():
            for each in statements:
                await link.execute(each)
    finally:
        await link.close()


async def test_something_new_keeps_a_record(opened: PlaneDatabase, worker: Database) -> None:
    """A record with anything newer than what was approved stays, and the batch says so."""
    client = await someone(worker)
    _, items = await batch_of(opened, client)
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
    batch, _ = await batch_of(opened, client, last_at=datetime.now(UTC) + timedelta(minutes=5))
    job = Disposal(worker, Practice("America/New_York"), None, None)
    while await job.step():
        pass
    async with worker.read(ACTOR, "test") as tx:
        said = await batches.certificate(tx, await batches.view(tx, batch))
        assert said == await batches.certificate(tx, await batches.view(tx, batch))
    told = await opened.run("select columns from audit.event where act = 'disposal.certificate'")
    assert halves(sha256_of(said)) in [list(row["columns"]) for row in told]
    known = json.loads(said)
    assert known["hashes"] == [digest_of(SALT, str(client))]
    assert (known["records"], known["rows"]["referral"]) == (1, 1)
    assert str(client) not in said.decode()
