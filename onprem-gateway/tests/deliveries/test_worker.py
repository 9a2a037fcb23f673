"""From a webhook to records: pulled, sealed, local_only, audited; repeated, late, gone, refused."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from lmhg_gateway.features.appointments.public import forget_visit, store_visit
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.staff.models import StaffProfile
from lmhg_gateway.kernel.sealed_box import SealingBox
from lmhg_kit.persistence import Actor
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_stack.people import STAFF
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

from .conftest import PRIVATE  # noqa: TID252 - the settings of this folder's fixtures

OFFICERS = (uuid.UUID(int=0xA1), uuid.UUID(int=0xA2))


async def deliver(onprem: PlaneDatabase, body: Mapping[str, object]) -> uuid.UUID:
    """Store a webhook as the ingress does."""
    delivery_id = uuid.uuid4()
    sealed = SealingBox(PRIVATE.public_key()).seal(
        msgspec.json.encode(body), bound_to=delivery_id.bytes
    )
    link_sql = (
        "insert into ingress.delivery (id, source, peer, outcome, size, body_sealed)"
        " values ($1, 'intakeq', '192.0.2.7', 'stored', 1, $2)"
    )
    import asyncpg

    link = await asyncpg.connect(onprem.url("gw_ingress"))
    async with link.transaction():
        await link.execute(
            "select set_config('app.actor','process: test',true), set_config('app.purpose','t',true)"
        )
        await link.execute(link_sql, delivery_id, sealed)
    await link.close()
    return delivery_id


async def result(onprem: PlaneDatabase, delivery_id: uuid.UUID) -> tuple[str, str]:
    """Result and code of a delivery."""
    row = await onprem.run(
        "select result, result_code from ingress.delivery where id = $1", delivery_id
    )
    return row[0]["result"], row[0]["result_code"]


def act(simulator: httpx.Client, what: str, **order: object) -> dict[str, object]:
    """Make something happen in the simulated practice."""
    answer = simulator.post(f"/_sim/{what}", json=order)
    answer.raise_for_status()
    return answer.json()


def tomorrow() -> str:
    """A start that is still to come at any hour: what is over takes no time."""
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def intake_hook(made: dict[str, object]) -> dict[str, object]:
    """IntakeQ's body for a submitted intake."""
    return {"IntakeId": made["id"], "Type": "Intake Submitted", "ClientId": made["client_id"]}


def appointment_hook(
    simulator: httpx.Client, made: dict[str, object], name: str
) -> dict[str, object]:
    """IntakeQ's body for an appointment event: the whole object."""
    found = [o for o in simulator.get("/_sim/objects/appointment").json() if o["Id"] == made["id"]]
    return {
        "EventType": f"Appointment{name}",
        "ClientId": made["client_id"],
        "Appointment": found[0],
    }


async def worked(
    deliveries: Deliveries, onprem: PlaneDatabase, body: Mapping[str, object]
) -> tuple[str, str]:
    """Deliver, work, and tell the result."""
    delivery_id = await deliver(onprem, body)
    await deliveries.sort()
    while await deliveries.pull():
        pass
    return await result(onprem, delivery_id)


@pytest.fixture
async def approved(onprem: PlaneDatabase, deliveries: Deliveries, simulator: httpx.Client) -> None:
    """Every practitioner of the simulator is on staff, and calendar export is approved."""
    held = await onprem.run("select 1 from relay.exemption where kind = 'calendar_block'")
    if held:
        return
    await prove(onprem, *OFFICERS, roles="compliance")
    first, second = (person_of(each) for each in OFFICERS)
    async with deliveries.calls.db.uow(first, "ask") as tx:
        tx.sync_session.add(ExemptionRequest(kind="calendar_block", requested_by=first.id))
    async with deliveries.calls.db.uow(second, "grant") as tx:
        tx.sync_session.add(
            Exemption(kind="calendar_block", requested_by=first.id, approved_by=second.id)
        )
    emails = {member.email for member in STAFF}
    async with deliveries.calls.db.uow(Actor("process: test"), "staff") as tx:
        for email in sorted(emails):
            tx.add(
                StaffProfile(email=email, display_name="Invented", roles=["clinician"], active=True)
            )


async def outbox(onprem: PlaneDatabase) -> list[str]:
    """Operations of calendar blocks, in order."""
    rows = await onprem.run(
        "select op from relay.outbox where kind = 'calendar_block' order by xid, seq"
    )
    return [row["op"] for row in rows]


async def test_intake_yields_sealed_local_records(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Client, intake and referral are written; nothing in clear, nothing exempt, all audited."""
    made = act(simulator, "intakes")
    assert await worked(deliveries, onprem, intake_hook(made)) == ("done", "intake_created")
    for table in ("client", "intake", "referral"):
        rows = await onprem.run(f"select * from practice.{table}")
        assert rows
        assert all(row["storage_policy"] == "local_only" for row in rows)
    tokens = simulator.get("/_sim/canaries").json()
    dump = str(await onprem.run("select * from practice.client, practice.intake"))
    assert not [token for token in tokens if token in dump]
    async with deliveries.calls.db.read(Actor("process: test"), "look") as tx:
        client = (await tx.scalars(Client.__table__.select().with_only_columns(Client.id))).first()
        opened = await tx.get(Client, client)
        assert opened is not None
        assert any(token in (opened.legal_name or "") for token in tokens)
    acts = await onprem.run("select act from audit.event where subject_kind = 'intake'")
    assert "insert" in {row["act"] for row in acts}


async def test_duplicate_stops_at_its_documented_key(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """The second of two equal webhooks about an appointment is a duplicate, and costs no call."""
    hook = appointment_hook(simulator, act(simulator, "appointments", start=tomorrow()), "Created")
    assert (await worked(deliveries, onprem, hook))[0] == "done"
    used = simulator.get("/_sim/status").json()["calls"]["today"]
    assert await worked(deliveries, onprem, hook) == ("duplicate", "seen_before")
    assert simulator.get("/_sim/status").json()["calls"]["today"] == used


async def test_form_that_comes_again_is_fetched_and_compared(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """A form that was sent again has the id of the first: it is never dropped as a duplicate."""
    hook = intake_hook(act(simulator, "intakes"))
    assert await worked(deliveries, onprem, hook) == ("done", "intake_created")
    assert await worked(deliveries, onprem, hook) == ("done", "intake_updated")


@pytest.mark.usefixtures("approved")
async def test_appointment_yields_a_block_and_its_cancelation_a_recall(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Created, moved, canceled: put, put, recall; in both spellings of canceled."""
    made = act(simulator, "appointments", start=tomorrow())
    before = len(await outbox(onprem))
    for step, name, british in (
        ("", "Created", False),
        ("reschedule", "Rescheduled", False),
        ("cancel", "Canceled", True),
    ):
        if step:
            act(simulator, step, id=made["id"], **({"british": True} if british else {}))
        hook = appointment_hook(simulator, made, name)
        assert (await worked(deliveries, onprem, hook))[0] == "done"
    assert (await outbox(onprem))[before:] == ["put", "put", "recall"]
    row = await onprem.run(
        "select status from practice.appointment order by updated_at desc limit 1"
    )
    assert row[0]["status"] == "canceled"


@pytest.mark.usefixtures("approved")
async def test_an_older_state_changes_nothing_and_a_visit_that_is_gone_frees_its_block(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """IntakeQ's answers may overtake each other; what it deleted is recalled from the cloud, once."""
    made = act(simulator, "appointments", start=tomorrow())
    await worked(deliveries, onprem, appointment_hook(simulator, made, "Created"))
    visit = await deliveries.fetcher.api.visit(str(made["id"]))
    assert visit.changed_ms is not None
    changed_ms = visit.changed_ms
    newest = (
        "select id, client_id, status from practice.appointment order by created_at desc limit 1"
    )
    (kept,) = await onprem.run(newest)
    older, newer = (
        msgspec.structs.replace(visit, status=status, changed_ms=changed_ms + step)
        for status, step in (("canceled", -1), ("confirmed", 1))
    )
    for state, code, status in (
        (older, "older_than_ours", kept["status"]),
        (newer, "appointment_updated", "confirmed"),
    ):
        async with deliveries.calls.db.uow(Actor("process: test"), "test") as tx:
            assert await store_visit(tx, state, client_id=kept["client_id"], part2=False) == code
        assert (await onprem.run(newest))[0]["status"] == status
        assert (await outbox(onprem))[-1] == "put"
    for visit_id in (str(made["id"]), "nowhere"):
        async with deliveries.calls.db.uow(Actor("process: test"), "test") as tx:
            assert await forget_visit(tx, visit_id) is (visit_id != "nowhere")
    assert (await onprem.run(newest))[0]["status"] == "deleted"
    assert (await outbox(onprem))[-1] == "recall"


@pytest.mark.usefixtures("approved")
async def test_block_carries_time_and_clinician_only(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """This is all the cloud will see."""
    made = act(simulator, "appointments", start=tomorrow())
    await worked(deliveries, onprem, appointment_hook(simulator, made, "Created"))
    row = await onprem.run(
        "select body from relay.outbox where kind = 'calendar_block' and op = 'put' order by xid desc, seq desc limit 1"
    )
    assert set(msgspec.json.decode(row[0]["body"])) == {
        "kind",
        "busy",
        "clinician_id",
        "starts_at",
        "ends_at",
    }


async def test_relock_with_the_same_text_changes_nothing(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Three identical webhooks: a lock, a re-lock of the same text, a re-lock of another."""
    made = act(simulator, "notes")
    hook = {"NoteId": made["id"], "Type": "Note Locked", "ClientId": made["client_id"]}
    assert await worked(deliveries, onprem, hook) == ("done", "note_locked")
    act(simulator, "relock", id=made["id"], changed=False)
    assert await worked(deliveries, onprem, hook) == ("done", "note_unchanged")
    act(simulator, "relock", id=made["id"], changed=True)
    assert await worked(deliveries, onprem, hook) == ("done", "note_locked_again")


async def test_object_that_is_gone_is_done(deliveries: Deliveries, onprem: PlaneDatabase) -> None:
    """A webhook about an object that IntakeQ no longer has ends, with a word."""
    hook = {"IntakeId": "nowhere", "Type": "Intake Submitted", "ClientId": 1}
    assert await worked(deliveries, onprem, hook) == ("done", "object_gone")
