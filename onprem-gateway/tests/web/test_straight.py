"""What a look reads straight from the driver is what SQLAlchemy's own session would have read."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Select, func, inspect, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased, load_only
from sqlalchemy.orm.exc import UnmappedInstanceError

from lmhg_gateway.database import PLAN
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.models import Referral
from lmhg_kit.persistence import Actor, Database, Keyring, ReadSession, sealing
from lmhg_kit.persistence.parts import Part, is_one_of
from lmhg_quality.bench.practice import fill_records
from lmhg_stack.keys import new_keyring
from lmhg_stack.testing import PlaneDatabase

WORKER = Actor("process: worker")
OWNER = Actor("process: owner")
EVENTS = (
    "select subject_kind, subject_ids from audit.event where purpose = $1 order by subject_kind"
)


@pytest.fixture(scope="module")
async def db(
    onprem: PlaneDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """A practice as the worker reaches it."""
    ring = tmp_path_factory.mktemp("keys") / "ring.json"
    ring.write_text(new_keyring())
    sealing.install(Keyring.from_file(ring))
    database = Database(onprem.url("gw_worker"), pool_size=2)
    await fill_records(database)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def owner(onprem: PlaneDatabase, db: Database) -> AsyncIterator[Database]:
    """The same practice, with the right to read all of it."""
    _ = db
    database = Database(onprem.url("lmhg_migrator"), role="lmhg_owner")
    yield database
    await database.close()


def plain(record: Any) -> dict[str, Any]:
    """What a record holds, by its columns' names."""
    return {each.key: getattr(record, each.key) for each in inspect(type(record)).column_attrs}


async def both(db: Database, query: Any, **given: object) -> tuple[list[Any], list[Any]]:
    """The rows of a query: by a look, and by SQLAlchemy's session."""
    async with db.look(WORKER, "straight") as tx:
        seen = [tuple(row) for row in (await tx.execute(query, given)).all()]
    async with db.read(WORKER, "session") as tx:
        known = [tuple(row) for row in (await tx.execute(query, given)).all()]
    return seen, known


@pytest.mark.parametrize("model", PLAN.models, ids=lambda each: each.__name__)
async def test_every_kind_of_record_is_read_alike(owner: Database, model: type) -> None:
    """Each column of each table that a model has, with what the practice has in it."""
    query: Select[Any] = select(model).limit(20)
    async with owner.look(OWNER, "straight") as tx:
        seen = [plain(each) for each in (await tx.scalars(query)).all()]
    async with owner.read(OWNER, "session") as tx:
        known = [plain(each) for each in (await tx.scalars(query)).all()]
    assert seen == known


async def test_the_comparison_sees_a_difference(db: Database) -> None:
    """Its control: there are records, and a changed one is another."""
    seen, known = await both(db, select(Client).order_by(Client.id).limit(3))
    assert [plain(each) for (each,) in seen] == [plain(each) for (each,) in known]
    assert plain(seen[0][0]) != plain(known[1][0])
    assert seen[0][0].legal_name == known[0][0].legal_name == "Quillon Testperson-0"


async def test_columns_counts_lists_and_words_come_alike(db: Database) -> None:
    """Records beside columns, lists of values, what is empty, and statements in words."""
    ids = [uuid.UUID(int=0xC000), uuid.UUID(int=0xC001)]
    for query, given in (
        (select(Client.id, Client.updated_at, literal(7)).order_by(Client.id), {}),
        (select(func.count(), func.max(Client.updated_at)), {}),
        (select(Client.id).where(Client.id.in_(ids)).order_by(Client.id), {}),
        (select(Client.id).where(is_one_of(Client.id, "ids")).order_by(Client.id), {"ids": ids}),
        (select(Client.id).where(Client.id.in_([])), {}),
        (text("select id, part2 from practice.client where id = :id"), {"id": ids[0]}),
        (text("select id from practice.client where id = :id"), {"id": uuid.UUID(int=1)}),
        (select(Client.id).join(Referral, Referral.client_id == Client.id).order_by(Client.id), {}),
    ):
        seen, known = await both(db, query, **given)
        assert seen == known
    async with db.look(WORKER, "straight") as tx:
        nothing = text("select id from practice.client where false")
        assert (await tx.execute(nothing)).one_or_none() is None
        assert list((await tx.execute(nothing)).scalars()) == []
        assert await tx.scalar(nothing) is None
        row = (await tx.execute(text("select 1 as one, 'x' as word"))).one()
        assert (row.one, row.word) == (1, "x")


async def test_names_numbers_and_records_that_are_not_there_come_alike(db: Database) -> None:
    """Two columns of one name, what is counted in decimals, an outer join: as the session has them."""
    same = select(Client.id.label("x"), Client.updated_at.label("x")).order_by(Client.id).limit(1)
    async with db.look(WORKER, "straight") as tx:
        seen = (await tx.execute(same)).one().x
    async with db.read(WORKER, "session") as tx:
        assert seen == (await tx.execute(same)).one().x
    seen, known = await both(db, select(func.avg(literal(3)), literal(7) / 2))
    assert seen == known
    outer = select(Client.id, Referral).outerjoin(Referral, Referral.client_id == Client.id)
    async with db.look(WORKER, "straight-outer") as tx:
        found = [record for _, record in (await tx.execute(outer)).all()]
    assert len([each for each in found if each is None]) == 150
    assert len([each for each in found if each is not None]) == 50


async def test_a_part_has_its_rows_and_the_true_total(db: Database) -> None:
    """Behind the last row too."""
    part = Part(select(Client).order_by(Client.id))
    async with db.look(WORKER, "straight") as tx:
        rows, total = await part.read(tx, first=150, size=100)
        assert (len(rows), total) == (50, 200)
        assert await part.read(tx, first=500, size=10) == ([], 200)


async def test_what_was_read_about_clients_is_audited(db: Database, onprem: PlaneDatabase) -> None:
    """The same events as of a session; columns alone are no record, in both."""
    query = select(Referral, Client).join(Client, Client.id == Referral.client_id).limit(5)
    async with db.look(WORKER, "straight-audit") as tx:
        await tx.execute(query)
        await tx.execute(select(Client.id))
    async with db.read(WORKER, "session-audit") as tx:
        await tx.execute(query)
        await tx.execute(select(Client.id))
    seen = await onprem.run(EVENTS, "straight-audit")
    known = await onprem.run(EVENTS, "session-audit")
    assert [(row["subject_kind"], len(row["subject_ids"])) for row in seen] == [
        ("client", 5),
        ("referral", 5),
    ]
    assert [tuple(row) for row in seen] == [tuple(row) for row in known]


async def test_a_record_of_a_look_can_only_be_read(db: Database) -> None:
    """Nothing that is done to it could be lost without a word."""
    async with db.look(WORKER, "straight") as tx:
        client = (await tx.scalars(select(Client).limit(1))).one()
        with pytest.raises(AttributeError):
            client.part2 = True
        with pytest.raises(AttributeError):
            client.legal_name = "Someone Else"
        with pytest.raises(UnmappedInstanceError):
            tx.sync_session.add(client)


async def test_what_was_not_loaded_cannot_be_read(db: Database, onprem: PlaneDatabase) -> None:
    """A list loads what it shows; anything else of its records is refused, not empty. It is audited."""
    query = select(Client, literal(7)).options(load_only(Client.legal_name_sealed)).limit(3)
    async with db.look(WORKER, "straight-narrow") as tx:
        rows = (await tx.execute(query)).all()
    assert [seven for _, seven in rows] == [7, 7, 7]
    assert all(str(client.legal_name).startswith("Quillon") for client, _ in rows)
    with pytest.raises(UnmappedInstanceError):
        _ = rows[0][0].email
    [event] = await onprem.run(EVENTS, "straight-narrow")
    assert set(event["subject_ids"]) == {client.id for client, _ in rows}


async def test_what_is_no_plain_select_goes_the_usual_way(db: Database) -> None:
    """Two records and what to load of one, or an alias: SQLAlchemy's session answers."""
    also = aliased(Client)
    async with db.look(WORKER, "straight") as tx:
        two = select(Client, Referral).join(Referral, Referral.client_id == Client.id)
        for query in (two.options(load_only(Client.part2)), select(also)):
            found = (await tx.scalars(query.limit(1))).one()
            assert _is_in(tx, found)
        assert not _is_in(tx, (await tx.scalars(select(Client).limit(1))).one())
        assert not _is_in(tx, await tx.get(Client, uuid.UUID(int=0xC000)))
        assert await tx.get(Client, uuid.UUID(int=0xDEAD)) is None


def _is_in(tx: ReadSession, record: object) -> bool:
    return hasattr(record, "_sa_instance_state") and record in tx.sync_session


async def test_a_refusal_has_no_value_of_the_statement(db: Database) -> None:
    """As SQLAlchemy says it, without what was given."""
    with pytest.raises(DBAPIError) as refused:
        async with db.look(WORKER, "straight") as tx:
            await tx.execute(text("select 1 / (length(:said) - 11)"), {"said": "Kestrelwing"})
    assert "Kestrelwing" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert getattr(refused.value.orig, "sqlstate", None) == "22012"


async def test_looks_side_by_side_do_not_meet(db: Database) -> None:
    """Each has a connection of its own, and the statements kept for all are the same."""

    async def one(number: int) -> str:
        async with db.look(WORKER, f"straight-{number}") as tx:
            query = select(Client).where(Client.id == uuid.UUID(int=0xC000 + number))
            return str((await tx.scalars(query)).one().legal_name)

    names = await asyncio.gather(*(one(number) for number in range(12)))
    assert names == [f"Quillon Testperson-{number}" for number in range(12)]
