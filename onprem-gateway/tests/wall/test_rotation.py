"""Keys rotate online: readable before, during and after; the older key ends up unused."""

import os

from lmhg_gateway.database import PLAN
from lmhg_gateway.features.clients.models import Client
from lmhg_kit.persistence import Actor, Database, Keyring, sealing
from lmhg_kit.persistence.reseal import BATCH, Resealer, sealed_models
from lmhg_kit.persistence.sealing import key_id_of
from lmhg_stack.testing import PlaneDatabase

ANA = Actor("person-a")


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
