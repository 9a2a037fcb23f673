"""A look puts a name on its connection for as long as it lasts, and never longer."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence import session as units
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

ANA = uuid.UUID(int=0xA0A)
NAME = text(
    "select concat(current_setting('app.actor', true), current_setting('app.token', true),"
    " current_setting('app.purpose', true))"
)
PID = text("select pg_backend_pid()")
STATES = "select state from pg_stat_activity where pid = $1"
EVENTS = (
    "select actor, act, subject_kind, subject_ids, columns, zone, request_id from audit.event"
    " where purpose = $1 order by seq"
)


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """A database as the workspace reaches it, over one pooled connection; and Ana, signed in."""
    await prove(onprem, ANA)
    database = Database(onprem.url("gw_workspace"), pool_size=1)
    yield database
    await database.close()


async def left_on(db: Database) -> str:
    """What is on the pooled connection when it is taken next."""
    async with db.reader.connect() as connection:
        return str(await connection.scalar(NAME) or "")


async def fail_after_a_note(db: Database, purpose: str) -> None:
    """A look that reads, notes, and breaks. Raises: ZeroDivisionError."""
    async with db.look(person_of(ANA), purpose) as tx:
        await tx.scalar(NAME)
        await tx.audit("read", kind="client")
        raise ZeroDivisionError


async def test_the_name_is_on_while_it_lasts_and_off_afterwards(db: Database) -> None:
    """On the same connection, without a transaction in between."""
    async with db.look(person_of(ANA), "look") as tx:
        assert str(ANA) in str(await tx.scalar(NAME))
    assert await left_on(db) == ""


async def test_a_look_that_fails_leaves_no_name(db: Database) -> None:
    """An exception of ours, and a refusal of the server's."""
    with pytest.raises(ZeroDivisionError):
        await fail_after_a_note(db, "look")
    assert await left_on(db) == ""
    with pytest.raises(DBAPIError):
        async with db.look(person_of(ANA), "look") as tx:
            await tx.execute(text("select 1 / 0"))
    assert await left_on(db) == ""


async def test_a_look_that_is_given_up_leaves_no_name(db: Database) -> None:
    """A request that runs out of time, in the middle of a statement."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), db.look(person_of(ANA), "look") as tx:
            await tx.execute(text("select pg_sleep(5)"))
    assert await left_on(db) == ""


async def test_without_the_last_look_at_a_connection_a_name_stays(db: Database) -> None:
    """The control: what the pool's own listener is for."""
    event.remove(db.engine.sync_engine, "reset", units.take_name_off)
    with pytest.raises(ZeroDivisionError):
        async with db.look(person_of(ANA), "look"):
            raise ZeroDivisionError
    assert str(ANA) in await left_on(db)


async def test_there_is_no_transaction_around_it(db: Database, onprem: PlaneDatabase) -> None:
    """So nothing is held while a page is made; `read` has one, which is the control."""
    async with db.look(person_of(ANA), "look") as tx:
        [row] = await onprem.run(STATES, await tx.scalar(PID))
        assert row["state"] == "idle"
    async with db.read(person_of(ANA), "look") as tx:
        [row] = await onprem.run(STATES, await tx.scalar(PID))
        assert row["state"] == "idle in transaction"


async def test_what_is_noted_is_written_as_it_ends(db: Database, onprem: PlaneDatabase) -> None:
    """Each in the person's name, with all that it says; of a look that fails, nothing."""
    ids = [uuid.UUID(int=n) for n in range(1, 601)]
    async with db.look(person_of(ANA), "look-told", zone="inside", request_id="r1") as tx:
        await tx.audit("export", kind="client", ids=ids, columns=["b", "a"])
        await tx.audit("read", kind="relay_ledger")
        assert await onprem.run(EVENTS, "look-told") == []
    rows = await onprem.run(EVENTS, "look-told")
    assert [(row["act"], len(row["subject_ids"]), row["columns"]) for row in rows] == [
        ("export", 500, ["a", "b"]),
        ("export", 100, ["a", "b"]),
        ("read", 0, []),
    ]
    assert [each for row in rows[:2] for each in row["subject_ids"]] == ids
    assert {(row["actor"], row["zone"], row["request_id"]) for row in rows} == {
        (str(ANA), "inside", "r1")
    }
    with pytest.raises(ZeroDivisionError):
        await fail_after_a_note(db, "look-untold")
    assert await onprem.run(EVENTS, "look-untold") == []


@pytest.mark.parametrize("unit", ["look", "read", "uow"])
async def test_each_event_is_written_by_every_unit(
    db: Database, onprem: PlaneDatabase, unit: str
) -> None:
    """Reads of several kinds, and more ids than one event names: the last is as sure as the first."""
    purpose, ids = f"all-{unit}", {uuid.UUID(int=n) for n in range(501)}
    async with getattr(db, unit)(person_of(ANA), purpose) as tx:
        tx.sync_session.info["reads"].update(client=ids, referral=ids, appointment={ANA})
        await tx.audit("export", kind="client", ids=ids)
    rows = await onprem.run(EVENTS, purpose)
    assert sorted((row["act"], row["subject_kind"], len(row["subject_ids"])) for row in rows) == [
        ("export", "client", 1),
        ("export", "client", 500),
        ("read", "appointment", 1),
        ("read", "client", 1),
        ("read", "client", 500),
        ("read", "referral", 1),
        ("read", "referral", 500),
    ]


async def test_a_name_without_its_proof_is_refused_by_a_look(db: Database) -> None:
    """As everywhere: it ends with the wall's refusal, and leaves no name either."""
    with pytest.raises(DBAPIError) as refused:
        async with db.look(Actor(str(ANA), proof="made up"), "look") as tx:
            await tx.audit("read", kind="client")
    assert getattr(refused.value.orig, "sqlstate", None) == "LM031"
    assert await left_on(db) == ""
