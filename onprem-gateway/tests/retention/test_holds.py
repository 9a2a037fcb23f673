"""A hold wins every race, and nobody deletes what is on hold."""

import asyncio
import uuid
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.features.retention import repository, service
from lmhg_gateway.features.retention.forms import HoldForm
from lmhg_gateway.features.retention.jobs import ACTOR
from lmhg_gateway.features.retention.models import LegalHold
from lmhg_kit.persistence import Database, WriteSession
from lmhg_kit.wall_errors import wall_code
from lmhg_stack.proof import person_of
from lmhg_stack.testing import PlaneDatabase

from .steps import ADMIN, NAMED, disposed, due, in_one, someone  # noqa: TID252 - beside this file


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
        assert await repository.dispose(tx, item, years=7) == "gone"
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
