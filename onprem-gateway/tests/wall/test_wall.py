"""The wall holds against our own mistakes: as the application's roles, in SQL."""

import uuid
from datetime import UTC, datetime

import asyncpg
import pytest

from lmhg_contracts.classification import StoragePolicy
from lmhg_gateway.database import PLAN
from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_kit.errors import PolicyViolation, SealBroken
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_kit.persistence.install import drift
from lmhg_stack.proof import acting, person_of, prove, refused
from lmhg_stack.testing import PlaneDatabase

ANA_ID, BEN_ID = (str(uuid.UUID(int=n)) for n in (0xA, 0xB))
ANA, BEN = person_of(ANA_ID), person_of(BEN_ID)
WORK = "select set_config('app.actor', 'process: worker', true), set_config('app.purpose', 'test', true)"
ACT = f"select {acting(ANA_ID)}"


@pytest.fixture(autouse=True)
async def colleagues(onprem: PlaneDatabase) -> None:
    """Two people who may approve, signed in."""
    await prove(onprem, ANA_ID, BEN_ID, roles="admin")


def announcement() -> Announcement:
    """A valid announcement."""
    return Announcement(
        title="Parking", body="The lot is closed.", author_id=uuid.uuid4(),
        published_at=datetime.now(UTC),
    )  # fmt: skip


@pytest.fixture
async def workspace(onprem: PlaneDatabase):
    """The database as the workspace reaches it."""
    db = Database(onprem.url("gw_workspace"), pool_size=2)
    yield db
    await db.close()


async def release(db: Database, record: Announcement) -> Exemption:
    """Propose by one person and approve by another, as the pages do."""
    async with db.uow(ANA, "propose") as tx:
        tx.add(record)
        request = ExemptionRequest(kind="announcement", record_id=record.id, requested_by=ANA.id)
        tx.sync_session.add(request)
    async with db.uow(BEN, "approve") as tx:
        exemption = Exemption(
            kind="announcement", record_id=record.id, requested_by=ANA.id, approved_by=BEN.id
        )
        tx.sync_session.add(exemption)
        await tx.flush()
        held = await tx.get(Announcement, record.id)
        assert held is not None
        held.exemption_id, held.hipaa_exempt = exemption.id, True
    return exemption


async def outbox(onprem: PlaneDatabase, record_id: uuid.UUID) -> list[tuple[str, int]]:
    """(op, version) of what the record released, in order."""
    rows = await onprem.run(
        "select op, version from relay.outbox where record_id = $1 order by xid, seq", record_id
    )
    return [(row["op"], row["version"]) for row in rows]


async def test_update_without_actor_fails(onprem: PlaneDatabase) -> None:
    """A write to a classified table needs an actor and a purpose; with both it is accepted."""
    update = "update practice.client set may_text = true"
    assert await refused(onprem, "gw_workspace", update) == "LM010"
    assert await refused(onprem, "gw_workspace", ACT, update) == "accepted"


async def test_exemption_without_approval_fails(workspace: Database, onprem: PlaneDatabase) -> None:
    """Neither no approval, nor an invented one, makes a record exempt."""
    record = announcement()
    async with workspace.uow(ANA, "write") as tx:
        tx.add(record)
    bare = f"update practice.announcement set hipaa_exempt = true where id = '{record.id}'"
    named = bare.replace("= true", f"= true, exemption_id = '{uuid.uuid4()}'")
    assert await refused(onprem, "gw_workspace", ACT, bare) == "LM011"
    assert await refused(onprem, "gw_workspace", ACT, named) == "LM011"


async def test_one_person_cannot_approve_alone(onprem: PlaneDatabase) -> None:
    """The approver is the actor, and someone else asked."""
    values = f"values (gen_random_uuid(), 'announcement', '{uuid.uuid4()}'"
    insert = "insert into relay.exemption (id, kind, record_id, requested_by, approved_by) "
    for people in (f"'{BEN_ID}', '{ANA_ID}'", f"'{ANA_ID}', '{BEN_ID}'", f"'{ANA_ID}', '{ANA_ID}'"):
        assert await refused(onprem, "gw_workspace", ACT, f"{insert} {values}, {people})") in {
            "LM012",
            "23514",
        }


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        ("gw_workspace", "insert into relay.outbox (kind, record_id, version, op) values ('x', gen_random_uuid(), 1, 'recall')"),
        ("gw_workspace", "update relay.ledger set entry = ''"),
        ("gw_workspace", "delete from audit.ledger"),
        ("gw_worker", "update audit.ledger set entry = ''"),
        ("gw_worker", "truncate audit.ledger"),
        ("relay", "select * from practice.client"),
        ("relay", "select * from ingress.delivery"),
        ("relay", "select * from practice.announcement"),
        ("gw_identity", "select * from practice.client"),
        ("gw_ingress", "select * from practice.client"),
        ("gw_ingress", "select * from ingress.delivery"),
        ("gw_ingress", "update ingress.delivery set result = 'x'"),
        ("gw_identity", "select * from ingress.delivery"),
    ],
)  # fmt: skip
async def test_role_without_the_grant_is_refused(
    onprem: PlaneDatabase, role: str, sql: str
) -> None:
    """Each role touches what its process needs, and nothing else."""
    assert await refused(onprem, role, ACT, sql) == "42501"


async def test_owner_cannot_change_a_ledger_either(onprem: PlaneDatabase) -> None:
    """The trigger refuses even where the grant does not."""
    await onprem.run("insert into audit.ledger values (0, 'x')")
    for sql in (
        "update audit.ledger set entry = ''",
        "delete from audit.ledger",
        "truncate audit.ledger",
    ):
        assert await refused(onprem, "postgres", sql) == "LM001"


async def test_bulk_update_and_delete_write_their_recalls(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """No statement forgets a recall: not one for many rows, not a delete."""
    first, second = announcement(), announcement()
    for record in (first, second):
        await release(workspace, record)
    link = await asyncpg.connect(onprem.url("gw_workspace"))
    async with link.transaction():
        await link.execute(ACT)
        await link.execute("update practice.announcement set hipaa_exempt = false")
    async with link.transaction():
        await link.execute(ACT)
        await link.execute("delete from practice.announcement where id = $1", first.id)
    await link.close()
    assert await outbox(onprem, first.id) == [("put", 2), ("recall", 3)]
    assert await outbox(onprem, second.id) == [("put", 2), ("recall", 3)]


async def test_deleting_an_exempt_record_recalls_it(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """A delete is a recall of the next version."""
    record = announcement()
    await release(workspace, record)
    async with workspace.uow(ANA, "delete") as tx:
        await tx.delete(await tx.get(Announcement, record.id))
    assert await outbox(onprem, record.id) == [("put", 2), ("recall", 3)]


async def test_withdrawal_recalls_in_the_same_transaction(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """Withdrawing the exemption turns it off on the record, without anybody remembering."""
    record = announcement()
    exemption = await release(workspace, record)
    async with workspace.uow(BEN, "withdraw") as tx:
        held = await tx.get(Exemption, exemption.id)
        assert held is not None
        held.withdrawn_at, held.withdrawn_by = datetime.now(UTC), BEN.id
    assert await outbox(onprem, record.id) == [("put", 2), ("recall", 3)]


async def test_projection_carries_contract_fields_only(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """The body is what the contract decodes strictly."""
    from lmhg_contracts.codec import decode_body

    record = announcement()
    await release(workspace, record)
    row = await onprem.run("select body from relay.outbox where record_id = $1", record.id)
    decoded = decode_body("announcement", row[0]["body"].encode())
    assert (decoded.title, decoded.published_at) == (record.title, record.published_at)  # type: ignore[attr-defined]


async def test_never_crossing_kind_refuses_the_policy(workspace: Database) -> None:
    """A client cannot be stored under cloud_allowed."""
    with pytest.raises(PolicyViolation):
        async with workspace.uow(ANA, "write") as tx:
            tx.add(Client(legal_name="Invented Person"), storage_policy=StoragePolicy.CLOUD_ALLOWED)


async def test_never_crossing_kind_refuses_the_exemption_in_sql(onprem: PlaneDatabase) -> None:
    """The database refuses what the application might try."""
    insert = "insert into practice.client (id, hipaa_exempt, exemption_id) values (gen_random_uuid(), true, gen_random_uuid())"
    assert await refused(onprem, "gw_workspace", ACT, insert) == "23514"


async def test_sealed_value_moved_to_another_row_does_not_open(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """The ciphertext is bound to its row."""
    one, two = Client(legal_name="Invented One"), Client(legal_name="Invented Two")
    async with workspace.uow(ANA, "write") as tx:
        tx.add(one)
        tx.add(two)
    link = await asyncpg.connect(onprem.url("gw_workspace"))
    async with link.transaction():
        await link.execute(ACT)
        await link.execute(
            "update practice.client set legal_name_sealed ="
            " (select legal_name_sealed from practice.client where id = $1) where id = $2",
            one.id,
            two.id,
        )
    await link.close()
    async with workspace.read(ANA, "look") as tx:
        held = await tx.get(Client, two.id)
        assert held is not None
        with pytest.raises(SealBroken):
            _ = held.legal_name


async def test_reads_and_writes_are_audited_without_values(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """Ids and column names are kept; a value is not."""
    client = Client(legal_name="Zqcanary Person")
    async with workspace.uow(ANA, "write") as tx:
        tx.add(client)
    async with workspace.read(BEN, "look") as tx:
        await tx.get(Client, client.id)
    rows = await onprem.run("select * from audit.event where $1 = any(subject_ids)", client.id)
    assert [(row["act"], row["actor"]) for row in rows] == [("insert", ANA.id), ("read", BEN.id)]
    assert "Zqcanary" not in str(rows)


async def test_part2_client_has_no_block(workspace: Database, onprem: PlaneDatabase) -> None:
    """A block of a 42 CFR Part 2 client cannot be exempt, whatever the application says."""
    client = Client(legal_name="Invented Person", part2=True)
    at = datetime.now(UTC)
    appointment = Appointment(client_id=client.id, starts_at=at, ends_at=at, status="confirmed")
    async with workspace.uow(ANA, "write") as tx:
        tx.add(client)
        await tx.flush()
        tx.add(appointment)
    async with workspace.uow(ANA, "ask") as tx:
        tx.sync_session.add(ExemptionRequest(kind="calendar_block", requested_by=ANA.id))
    async with workspace.uow(BEN, "grant") as tx:
        exemption = Exemption(kind="calendar_block", requested_by=ANA.id, approved_by=BEN.id)
        tx.sync_session.add(exemption)
    insert = (
        "insert into practice.calendar_block (id, appointment_id, clinician_id, starts_at, ends_at,"
        f" busy, hipaa_exempt, exemption_id) values (gen_random_uuid(), '{appointment.id}',"
        f" gen_random_uuid(), now(), now(), 'busy', true, '{exemption.id}')"
    )
    assert await refused(onprem, "gw_workspace", ACT, insert) == "LM013"


async def test_wall_has_not_drifted_and_drift_is_seen(onprem: PlaneDatabase) -> None:
    """The live triggers are the generated ones; a changed one is named."""
    import asyncio

    url = onprem.url("lmhg_migrator")
    assert await asyncio.to_thread(drift, url, PLAN) == []
    await onprem.run("alter table practice.announcement disable trigger wall_release_delete")
    await onprem.run(
        "create or replace function audit.require_actor() returns trigger language plpgsql as 'begin return null; end'"
    )
    found = await asyncio.to_thread(drift, url, PLAN)
    assert "trigger practice.announcement.wall_release_delete" in found
