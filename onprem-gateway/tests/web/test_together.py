"""Reads that do not wait for each other take one trip, and give what each gives alone."""

import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import load_only

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.models import Referral
from lmhg_kit.persistence import Actor, Database, Keyring, ReadSession, sealing
from lmhg_kit.persistence.parts import Part
from lmhg_quality.bench.practice import fill_records
from lmhg_quality.wire import Wire, counted
from lmhg_stack.keys import new_keyring
from lmhg_stack.testing import PlaneDatabase

WORKER = Actor("process: worker")
FIRST = uuid.UUID(int=0xC000)
EVENTS = "select subject_kind, subject_ids from audit.event where purpose = $1"
_PART = Part(
    select(Client).options(load_only(Client.legal_name_sealed)).where(Client.id >= FIRST).order_by(Client.id)
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
async def filled(onprem: PlaneDatabase, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A practice with two hundred clients."""
    ring = tmp_path_factory.mktemp("keys") / "ring.json"
    ring.write_text(new_keyring())
    sealing.install(Keyring.from_file(ring))
    database = Database(onprem.url("gw_worker"), pool_size=1)
    await fill_records(database)
    await database.close()


@pytest.fixture
async def wire(onprem: PlaneDatabase) -> AsyncIterator[Wire]:
    """A wire to the database that counts."""
    async with counted(onprem.server.port) as made:
        yield made


@pytest.fixture
async def db(onprem: PlaneDatabase, wire: Wire) -> AsyncIterator[Database]:
    """The practice behind that wire."""
    url = onprem.url("gw_worker").replace(f":{onprem.server.port}/", f":{wire.port}/")
    database = Database(url, pool_size=1)
    yield database
    await database.close()


async def names(tx: ReadSession) -> list[str | None]:
    """A part of a list, narrow records with their count, behind each other."""
    rows, total = await _PART.read(tx, first=0, size=3)
    more, _ = await _PART.read(tx, first=len(rows), size=2)
    return [*(each.legal_name for each in (*rows, *more)), str(total)]


async def words(tx: ReadSession) -> dict[str, Any]:
    """A statement in words: lists, text, and what is empty; its columns by name."""
    said = text(
        "select array['a', :word]::varchar[] as many, null::date as day, '{}'::jsonb as open"
    )
    row = (await tx.execute(said, {"word": "b"})).one()
    return {"many": row.many, "day": row.day, "open": row.open}


async def nothing(tx: ReadSession) -> Sequence[Client]:
    """No rows."""
    return (await tx.scalars(select(Client).where(Client.id == uuid.UUID(int=1)))).all()


async def otherwise(tx: ReadSession) -> list[object]:
    """What SQLAlchemy's session answers itself, before and after what it does not."""
    one = await tx.get(Referral, FIRST)
    half = await tx.scalar(select(literal(7) / 2))
    count = await tx.scalar(select(func.count()).select_from(Client).where(Client.id >= FIRST))
    return [one, half, count]


async def broken(tx: ReadSession) -> None:
    """The database refuses it."""
    await tx.execute(text("select 1 / (length(:said) - 11)"), {"said": "Kestrelwing"})


READS = (names, words, nothing, otherwise)


async def test_reads_give_together_what_they_give_alone(db: Database) -> None:
    """In a look, and in a unit of work whose statements go one after the other."""
    async with db.look(WORKER, "alone") as tx:
        alone = [await each(tx) for each in READS]
        assert await tx.together(names(tx), words(tx), nothing(tx), otherwise(tx)) == (*alone,)
        assert await names(tx) == alone[0]
    async with db.read(WORKER, "whole") as tx:
        assert await tx.together(names(tx), words(tx), nothing(tx), otherwise(tx)) == (*alone,)
    assert alone[0] == [*(f"Quillon Testperson-{n}" for n in range(5)), "200"]
    assert alone[1] == {"many": ["a", "b"], "day": None, "open": {}}


async def test_reads_together_take_one_trip(db: Database, wire: Wire) -> None:
    """Two statements of one read are two; those of the others go with the first."""
    took: list[int] = []
    for _ in range(3):
        async with db.look(WORKER, "trips") as tx:
            before = wire.trips
            await tx.together(names(tx), words(tx), nothing(tx))
            took.append(wire.trips - before)
            before = wire.trips
            for each in (names, words, nothing):
                await each(tx)
            took.append(wire.trips - before)
    assert took[-2:] == [2, 4]


async def test_no_rows_at_all_are_none_for_each(db: Database) -> None:
    """Then nothing tells whose columns are whose, and nothing has to."""
    async with db.look(WORKER, "nothing") as tx:
        assert await tx.together(nothing(tx), nothing(tx)) == ([], [])


async def test_what_is_read_together_is_audited(db: Database, onprem: PlaneDatabase) -> None:
    """By the same ids as one after the other."""
    async with db.look(WORKER, "together-audit") as tx:
        await tx.together(names(tx), nothing(tx))
    async with db.look(WORKER, "alone-audit") as tx:
        await names(tx)
    [seen] = await onprem.run(EVENTS, "together-audit")
    [known] = await onprem.run(EVENTS, "alone-audit")
    assert tuple(seen) == tuple(known)
    assert len(seen["subject_ids"]) == 5


async def test_an_error_of_one_ends_all_and_leaves_the_look_as_it_was(db: Database) -> None:
    """It says no value, and the next unit of work on the connection is nobody else's."""
    async with db.look(WORKER, "broken") as tx:
        with pytest.raises(DBAPIError) as refused:
            await tx.together(names(tx), broken(tx))
        assert (await names(tx))[-1] == "200"
    assert "Kestrelwing" not in f"{refused.value!r} {refused.value.__cause__!r}"
    async with db.look(WORKER, "after") as tx:
        assert await tx.scalar(text("select current_setting('app.purpose')")) == "after"
