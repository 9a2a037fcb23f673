"""The access ledger: in commit order, without gaps, signed, and judged sound by the verifier."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_contracts.ledger.verify import verify_proof
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.ledgers import proof_of, verify_ledger
from lmhg_kit.persistence.sequencer import BATCH, Sequencer
from lmhg_stack.testing import PlaneDatabase

SIGNER = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"3" * 32))


@pytest.fixture
async def db(cloud: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the portal worker reaches it."""
    made = Database(cloud.url("po_worker"), pool_size=3)
    yield made
    await made.close()


@pytest.fixture
def sequencer(db: Database) -> Sequencer:
    """The sequencer of the cloud's access ledger."""
    return Sequencer(db, origin("s1", "cloud", "access"), SIGNER)


async def note(db: Database, act: str, count: int = 1) -> None:
    """Audit events of the application's own."""
    async with db.uow(Actor("person-a"), "test") as tx:
        for _ in range(count):
            await tx.note(act, kind="ticket", ids=[uuid.uuid4()])


async def acts(cloud: PlaneDatabase) -> list[str]:
    """What the ledger says was done, in order."""
    rows = await cloud.run(
        "select convert_from(entry, 'utf8')::json ->> 'act' as act from audit.ledger order by n"
    )
    return [row["act"] for row in rows]


async def test_empty_ledger_has_no_checkpoint(db: Database, sequencer: Sequencer) -> None:
    """Before the first event there is nothing to verify, and that is said."""
    assert await sequencer.step() == 0
    with pytest.raises(NotFound):
        await verify_ledger(db, "access", [SIGNER.verifier])


async def test_event_of_an_open_transaction_waits_and_overtakes_nobody(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """A sequence number is not commit order: the slow transaction came first and commits last."""
    slow = await asyncpg.connect(cloud.url("po_worker"))
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(
        "select set_config('app.actor','a',true), set_config('app.purpose','p',true)"
    )
    await slow.execute("select audit.note('slow', 'ticket', null, null, 'done')")
    await note(db, "quick")
    assert await sequencer.step() == 0
    await transaction.commit()
    await slow.close()
    assert await sequencer.step() == 2
    assert await acts(cloud) == ["slow", "quick"]


async def test_ledger_is_sound_and_each_entry_proves_itself(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """More than one batch, more than one stored node."""
    await note(db, "many", BATCH + 300)
    while await sequencer.step():
        pass
    verdict = await verify_ledger(db, "access", [SIGNER.verifier])
    assert verdict.is_sound
    assert verdict.entries > BATCH
    for index in (0, 255, 256, verdict.entries - 1):
        proof = await proof_of(db, "access", index)
        assert verify_proof(proof.to_text(), [SIGNER.verifier]).is_sound
    with pytest.raises(NotFound):
        await proof_of(db, "access", verdict.entries)
    assert await cloud.run("select 1 from audit.event") == []


async def test_edited_entry_in_the_database_is_found(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """A superuser who disables the trigger still cannot make it verify."""
    await note(db, "done")
    await sequencer.step()
    await cloud.run("alter table audit.ledger disable trigger all")
    await cloud.run(
        "update audit.ledger set entry = replace(convert_from(entry,'utf8'), 'person-a', 'person-b')::bytea where n = 1"
    )
    verdict = await verify_ledger(db, "access", [SIGNER.verifier])
    assert not verdict.is_sound


async def test_two_sequencers_never_both_append(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """The head's row lock decides; no event is lost and none is doubled."""
    before = len(await acts(cloud))
    await note(db, "race", 50)
    await asyncio.gather(sequencer.step(), sequencer.step())
    assert len(await acts(cloud)) == before + 50


async def test_last_entries_are_offered_anew_once_the_witness_has_signed_before_them(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """The witness signs only what begins where it stopped: an offer made before that says nothing to it."""
    for act in ("read", "export"):
        await note(db, act)
        await sequencer.step()
    assert await offered(cloud) == 0
    [row] = await cloud.run("select size from audit.ledger_head where ledger = 'access'")
    await cloud.run(
        "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, 'note')",
        sequencer.origin,
        row["size"] - 1,
        bytes(32),
    )
    assert await sequencer.step() == 0
    assert await offered(cloud) == row["size"] - 1


async def offered(cloud: PlaneDatabase) -> int:
    """The size from which the checkpoint that is laid out for the witness grows."""
    [row] = await cloud.run("select size from relay.foreign_checkpoint where ledger = 'access'")
    return row["size"]
