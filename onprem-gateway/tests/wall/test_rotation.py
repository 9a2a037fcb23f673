"""Keys rotate online: readable before, during and after; the older key ends up unused."""

import os
import uuid

import asyncpg
import pytest
from sqlalchemy import delete

from lmhg_gateway.database import PLAN
from lmhg_gateway.features.clients.models import Client
from lmhg_kit.errors import SealBroken
from lmhg_kit.persistence import Actor, Database, Keyring, sealing
from lmhg_kit.persistence.reseal import BATCH, Resealer, sealed_models
from lmhg_kit.persistence.sealing import key_id_of
from lmhg_stack.testing import PlaneDatabase

ANA = Actor("process: test")


def test_every_sealed_table_is_rotated() -> None:
    """A table with a sealed column is never forgotten."""
    sealed = {t.fullname for t in PLAN.tables() if any(c.info.get("sealed") for c in t.columns)}
    assert sealed == {str(model.__table__.fullname) for model in sealed_models()}


async def test_rows_move_to_the_new_key_and_stay_readable(
    onprem: PlaneDatabase, keyring: Keyring
) -> None:
    """More rows than one step, two sealed columns each."""
    old, new, index = os.urandom(32), os.urandom(32), os.urandom(32)
    db = Database(onprem.url("gw_worker"), pool_size=2)
    try:
        sealing.install(Keyring(current="k1", keys={"k1": old}, index_key=index))
        async with db.uow(ANA, "write") as tx:
            for number in range(BATCH + 3):
                tx.add(Client(legal_name=f"Invented {number}", email=f"{number}@example.test"))
        sealing.install(Keyring(current="k2", keys={"k1": old, "k2": new}, index_key=index))
        resealer = Resealer(db, ANA)
        assert [await resealer.step() for _ in range(3)] == [BATCH, 3, 0]
        sealing.install(Keyring(current="k2", keys={"k2": new}, index_key=index))
        rows = await onprem.run("select legal_name_sealed, email_sealed from practice.client")
        assert {key_id_of(value) for row in rows for value in row} == {b"k2"}
        async with db.read(ANA, "look") as tx:
            client = (
                await tx.scalars(Client.__table__.select().with_only_columns(Client.id))
            ).first()
            held = await tx.get(Client, client)
            assert held is not None
            assert (held.legal_name or "").startswith("Invented")
    finally:
        sealing.install(keyring)
        await db.close()


@pytest.mark.found("I1", "a row that does not open keeps no other row from its new key")
async def test_row_that_does_not_open_is_left_alone_and_told(
    onprem: PlaneDatabase, keyring: Keyring
) -> None:
    """Three rows, one with another row's bytes: two move, and the step says that one did not."""
    old, new, index = os.urandom(32), os.urandom(32), os.urandom(32)
    db = Database(onprem.url("gw_worker"), pool_size=2)
    try:
        sealing.install(Keyring(current="k2", keys={"k2": old}, index_key=index))
        clients = [Client(id=uuid.uuid4(), legal_name=f"Invented {n}") for n in range(3)]
        async with db.uow(ANA, "write") as tx:
            await tx.execute(delete(Client))
            for client in clients:
                tx.add(client)
        acts = {"app.actor": "t", "app.purpose": "t"}
        link = await asyncpg.connect(onprem.url("postgres"), server_settings=acts)
        await link.execute(
            "update practice.client c set legal_name_sealed = o.legal_name_sealed"
            " from practice.client o where c.id = $1 and o.id = $2",
            clients[0].id,
            clients[1].id,
        )
        await link.close()
        sealing.install(Keyring(current="k3", keys={"k2": old, "k3": new}, index_key=index))
        resealer = Resealer(db, ANA)
        assert await resealer.step() == 2
        with pytest.raises(SealBroken):
            await resealer.step()
        rows = await onprem.run("select id, legal_name_sealed from practice.client")
        moved = {row["id"] for row in rows if key_id_of(row["legal_name_sealed"]) == b"k3"}
        assert moved == {client.id for client in clients[1:]}
    finally:
        sealing.install(keyring)
        await db.close()
