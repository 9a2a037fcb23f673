"""The access ledger: in commit order, without gaps, signed, and judged sound by the verifier."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_contracts.ledger.head import HeadRefused
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


async def audit(db: Database, act: str, count: int = 1) -> None:
    """Audit events of the application's own."""
    async with db.uow(Actor("process: a"), "test") as tx:
        for _ in range(count):
            await tx.audit(act, kind="ticket", ids=[uuid.uuid4()])


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


@pytest.mark.found("AR1", "an open transaction holds up no other event of the access ledger")
@pytest.mark.parametrize("database", ["own", "postgres"])
async def test_an_open_transaction_holds_up_nobody_and_its_event_comes_when_it_ends(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase, database: str
) -> None:
    """A sequence number is not commit order: who began first and commits last comes last."""
    while await sequencer.step():
        pass
    before = len(await acts(cloud))
    stranger = await asyncpg.connect(PlaneDatabase(cloud.server, "postgres").url("postgres"))
    await stranger.execute("begin; select pg_current_xact_id()")
    slow = await asyncpg.connect(cloud.url("po_worker"))
    transaction = slow.transaction()
    await transaction.start()
    if database == "own":
        await slow.execute(
            "select set_config('app.actor','process: a',true), set_config('app.purpose','p',true)"
        )
        await slow.execute("select audit.note('slow', 'ticket', null, null, 'done')")
    await audit(db, "quick")
    assert await sequencer.step() == 1
    await transaction.commit()
    await slow.close()
    assert await sequencer.step() == (database == "own")
    await stranger.close()
    assert (await acts(cloud))[before:] == ["quick", "slow"][: 1 + (database == "own")]


@pytest.mark.found("P6", "an event over its bounds is refused where it is written, by the database")
@pytest.mark.parametrize(
    "arguments",
    [
        "'read', 'client', array(select gen_random_uuid() from generate_series(1, 2000)), null, 'done'",
        "'read', 'client', array[null]::uuid[], null, 'done'",
        "'read', 'client', array[array[gen_random_uuid()], array[gen_random_uuid()]], null, 'done'",
        "'read', 'client', null, array(select 'c' || n from generate_series(1, 201) n), 'done'",
        "'read', 'client', null, array(select repeat('c', 63) from generate_series(1, 100) n), 'done'",
        "'read', 'client', null, array[null]::text[], 'done'",
        "repeat('a', 41), 'client', null, null, 'done'",
        "'read', repeat('k', 61), null, null, 'done'",
        "'read', 'client', null, null, repeat('o', 41)",
        "null, 'client', null, null, 'done'",
    ],
)
async def test_a_bad_event_is_refused_at_the_door(cloud: PlaneDatabase, arguments: str) -> None:
    """Anyone who asked for it gets the refusal; nothing of it is left."""
    link = await asyncpg.connect(cloud.url("po_portal"))
    before = await cloud.run("select count(*) from audit.event")
    await link.execute(
        "select set_config('app.actor','process: a',false), set_config('app.purpose','p',false)"
    )
    with pytest.raises((asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)):
        await link.execute(f"select audit.note({arguments})")
    await link.close()
    assert await cloud.run("select count(*) from audit.event") == before


async def _write_bad(cloud: PlaneDatabase, ids: str) -> None:
    """An event from before there were bounds, as an administrator can still write one."""
    for statement in (
        "alter table audit.event drop constraint event_subjects",
        (
            "insert into audit.event (actor, act, purpose, zone, subject_kind, subject_ids, columns,"
            f" outcome, request_id) values ('a', 'read', 'p', 'z', 'client', {ids}, '{{}}', 'done', '')"
        ),
        "alter table audit.event add constraint event_subjects check (cardinality(subject_ids) <= 500) not valid",
    ):
        await cloud.run(statement)


@pytest.mark.found(
    "P6", "one bad event never stops the access ledger: it is set aside, kept and named"
)
@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        ("array(select gen_random_uuid() from generate_series(1, 2000))", "entry_too_long"),
        ("array[null]::uuid[]", "subject_not_an_id"),
        ("array[array[gen_random_uuid()]]", "subject_not_an_id"),
    ],
)
async def test_an_event_that_cannot_be_an_entry_is_set_aside(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase, ids: str, reason: str
) -> None:
    """Those before and after it are sequenced, an entry is in its place, and it is kept whole."""
    while await sequencer.step():
        pass
    before = len(await acts(cloud))
    await audit(db, "before")
    await _write_bad(cloud, ids)
    await audit(db, "after")
    assert await sequencer.step() == 3
    assert (await acts(cloud))[before:] == ["before", "set_aside", "after"]
    kept = (await cloud.run("select * from audit.set_aside order by set_aside_at desc limit 1"))[0]
    assert (kept["n"], kept["reason"], kept["act"]) == (before + 1, reason, "read")
    assert kept["event"] is not None
    entry = await cloud.run(
        "select convert_from(entry, 'utf8')::jsonb -> 'subject_ids' ->> 0 as id from audit.ledger where n = $1",
        kept["n"],
    )
    assert entry[0]["id"] == str(kept["id"])
    assert (await verify_ledger(db, "access", [SIGNER.verifier])).is_sound
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await cloud.run("delete from audit.set_aside", role="po_worker")


async def test_ledger_is_sound_and_each_entry_proves_itself(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """More than one batch, more than one stored node."""
    await audit(db, "many", BATCH + 300)
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
    await audit(db, "done")
    await sequencer.step()
    await cloud.run("alter table audit.ledger disable trigger all")
    await cloud.run(
        "update audit.ledger set entry = replace(convert_from(entry,'utf8'), 'process: a', 'process: b')::bytea"
        " where n = (select size - 1 from audit.ledger_head)"
    )
    verdict = await verify_ledger(db, "access", [SIGNER.verifier])
    assert not verdict.is_sound


REWRITTEN = """
do $$ begin
    alter table audit.ledger_head disable trigger all;
    update audit.ledger_head set frontier = set_byte(frontier, 20, (get_byte(frontier, 20) + 1) % 256);
    alter table audit.ledger_head enable trigger all;
end $$
"""
CUT = """
do $$ begin
    alter table audit.ledger_head disable trigger all;
    update audit.ledger_head set size = 0, frontier = decode('0000000000000000', 'hex'), checkpoint = null;
    alter table audit.ledger_head enable trigger all;
end $$
"""


@pytest.mark.found("P1", "a head that a superuser has put in place is not signed, and events wait")
@pytest.mark.parametrize(("change", "code"), [(REWRITTEN, "head_differs"), (CUT, "head_went_back")])
async def test_head_of_another_hand_is_not_signed(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase, change: str, code: str
) -> None:
    """Nothing is added to it and nothing is lost; put back, it goes on."""
    await audit(db, "before")
    await sequencer.step()
    [was] = await cloud.run("select * from audit.ledger_head")
    await cloud.run(change)
    await audit(db, code)
    with pytest.raises(HeadRefused, match=code):
        await sequencer.step()
    assert code not in await acts(cloud)
    await cloud.run(
        "update audit.ledger_head set size = $1, frontier = $2, checkpoint = $3",
        was["size"],
        was["frontier"],
        was["checkpoint"],
    )
    assert await sequencer.step() == 1
    assert (await acts(cloud))[-1] == code


async def test_two_sequencers_never_both_append(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """The head's row lock decides; no event is lost and none is doubled."""
    before = len(await acts(cloud))
    await audit(db, "race", 50)
    await asyncio.gather(sequencer.step(), sequencer.step())
    assert len(await acts(cloud)) == before + 50


async def test_last_entries_are_offered_anew_once_the_witness_has_signed_before_them(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """The witness signs only what begins where it stopped: an offer made before that says nothing to it."""
    for act in ("read", "export"):
        await audit(db, act)
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


@pytest.mark.found(
    "P1", "after a restore of the other plane our access ledger is offered from where it is now"
)
async def test_a_witness_that_was_set_back_is_offered_what_it_can_join(
    db: Database, sequencer: Sequencer, cloud: PlaneDatabase
) -> None:
    """The newest word counts, not the largest there ever was."""
    await audit(db, "set back", 3)
    await sequencer.step()
    [row] = await cloud.run("select size from audit.ledger_head where ledger = 'access'")
    for size in (row["size"] - 1, row["size"] - 2):
        await cloud.run(
            "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, 'note')",
            sequencer.origin,
            size,
            bytes(32),
        )
    assert await sequencer.step() == 0
    assert await offered(cloud) == row["size"] - 2


async def offered(cloud: PlaneDatabase) -> int:
    """The size from which the checkpoint that is laid out for the witness grows."""
    [row] = await cloud.run("select size from relay.foreign_checkpoint where ledger = 'access'")
    return row["size"]
