"""From a webhook to records: pulled, sealed, local_only, audited; repeated, late, gone, refused."""

import uuid
from collections.abc import Mapping
from dataclasses import replace

import httpx
import msgspec
import pytest

from lmhg_gateway.adapters.intakeq import IntakeQ
from lmhg_gateway.features.appointments.public import forget_visit, store_visit
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.compliance.models import ExemptionRequest
from lmhg_gateway.features.deliveries.service import (
    ATTEMPTS_MAX,
    BACKOFF_MAX_S,
    Deliveries,
    Later,
)
from lmhg_gateway.features.staff.models import StaffProfile
from lmhg_gateway.kernel.sealed_box import SealingBox
from lmhg_kit.persistence import Actor
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_stack.people import STAFF
from lmhg_stack.ports import LOOPBACK
from lmhg_stack.testing import PlaneDatabase

from .conftest import PRIVATE  # noqa: TID252 - the settings of this folder's fixtures


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
            "select set_config('app.actor','t',true), set_config('app.purpose','t',true)"
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
    await deliveries.work(delivery_id)
    return await result(onprem, delivery_id)


@pytest.fixture
async def approved(onprem: PlaneDatabase, deliveries: Deliveries, simulator: httpx.Client) -> None:
    """Every practitioner of the simulator is on staff, and calendar export is approved."""
    held = await onprem.run("select 1 from relay.exemption where kind = 'calendar_block'")
    if held:
        return
    async with deliveries.db.uow(Actor("a"), "ask") as tx:
        tx.sync_session.add(ExemptionRequest(kind="calendar_block", requested_by="a"))
    async with deliveries.db.uow(Actor("b"), "grant") as tx:
        tx.sync_session.add(Exemption(kind="calendar_block", requested_by="a", approved_by="b"))
    emails = {member.email for member in STAFF}
    async with deliveries.db.uow(Actor("a"), "staff") as tx:
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
    async with deliveries.db.read(Actor("a"), "look") as tx:
        client = (await tx.scalars(Client.__table__.select().with_only_columns(Client.id))).first()
        opened = await tx.get(Client, client)
        assert opened is not None
        assert any(token in (opened.legal_name or "") for token in tokens)
    acts = await onprem.run("select act from audit.event where subject_kind = 'intake'")
    assert "insert" in {row["act"] for row in acts}


async def test_duplicate_stops_at_its_documented_key(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """The second of two equal webhooks is a duplicate, and costs no call."""
    hook = intake_hook(act(simulator, "intakes"))
    assert await worked(deliveries, onprem, hook) == ("done", "intake_created")
    used = simulator.get("/_sim/status").json()["calls"]["today"]
    assert await worked(deliveries, onprem, hook) == ("duplicate", "seen_before")
    assert simulator.get("/_sim/status").json()["calls"]["today"] == used


@pytest.mark.usefixtures("approved")
async def test_appointment_yields_a_block_and_its_cancelation_a_recall(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Created, moved, canceled: put, put, recall; in both spellings of canceled."""
    made = act(simulator, "appointments")
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
    made = act(simulator, "appointments")
    await worked(deliveries, onprem, appointment_hook(simulator, made, "Created"))
    visit = await deliveries.api.visit(str(made["id"]))
    newest = (
        "select id, client_id, status from practice.appointment order by created_at desc limit 1"
    )
    (kept,) = await onprem.run(newest)
    older, newer = (
        msgspec.structs.replace(visit, status=status, changed_ms=visit.changed_ms + step)
        for status, step in (("canceled", -1), ("confirmed", 1))
    )
    for state, code, status in (
        (older, "older_than_ours", kept["status"]),
        (newer, "appointment_updated", "confirmed"),
    ):
        async with deliveries.db.uow(Actor("t"), "test") as tx:
            assert await store_visit(tx, state, client_id=kept["client_id"], part2=False) == code
        assert (await onprem.run(newest))[0]["status"] == status
        assert (await outbox(onprem))[-1] == "put"
    for visit_id in (str(made["id"]), "nowhere"):
        async with deliveries.db.uow(Actor("t"), "test") as tx:
            assert await forget_visit(tx, visit_id) is (visit_id != "nowhere")
    assert (await onprem.run(newest))[0]["status"] == "deleted"
    assert (await outbox(onprem))[-1] == "recall"


@pytest.mark.usefixtures("approved")
async def test_block_carries_time_and_clinician_only(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """This is all the cloud will see."""
    made = act(simulator, "appointments")
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


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "unknown_event"), ({"EventType": "InvoicePaid"}, "unknown_event"),
     ({"EventType": "AppointmentCreated", "Appointment": {}}, "object_id_missing")],
)  # fmt: skip
async def test_unknown_event_is_refused_with_its_code_and_kept(
    deliveries: Deliveries, onprem: PlaneDatabase, body: Mapping[str, object], code: str
) -> None:
    """A body that says nothing we know is refused; its sealed copy stays."""
    delivery_id = await deliver(onprem, body)
    await deliveries.work(delivery_id)
    assert await result(onprem, delivery_id) == ("refused", code)
    kept = await onprem.run("select body_sealed from ingress.delivery where id = $1", delivery_id)
    assert kept[0]["body_sealed"]


async def test_object_that_is_gone_is_done(deliveries: Deliveries, onprem: PlaneDatabase) -> None:
    """A webhook about an object that IntakeQ no longer has ends, with a word."""
    hook = {"IntakeId": "nowhere", "Type": "Intake Submitted", "ClientId": 1}
    assert await worked(deliveries, onprem, hook) == ("done", "object_gone")


async def test_what_fails_again_and_again_is_held_for_a_person_with_its_body(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Nothing is dropped: each wait is longer, one failure too many is held, one less is not."""
    dead = replace(deliveries, api=IntakeQ(url=f"http://{LOOPBACK}:9/api/v1", api_key="k"))
    lucky, unlucky = [
        await deliver(onprem, intake_hook(act(simulator, "intakes"))) for _ in range(2)
    ]
    waits: list[int] = []
    for delivery_id, failures in ((lucky, ATTEMPTS_MAX - 1), (unlucky, ATTEMPTS_MAX)):
        for _ in range(failures):
            with pytest.raises(Later) as later:
                await dead.work(delivery_id)
            waits.append(later.value.after_s)
    await dead.api.close()
    assert waits[0] < waits[3] <= max(waits) == BACKOFF_MAX_S
    await deliveries.work(lucky)
    assert await result(onprem, lucky) == ("done", "intake_created")
    assert await result(onprem, unlucky) == ("held", "attempts_connect")
    kept = await onprem.run("select body_sealed from ingress.delivery where id = $1", unlucky)
    assert kept[0]["body_sealed"]


async def test_budget_of_the_day_makes_the_job_wait_long(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """The day's last calls are not overdrawn; the delivery has no result and no failed attempt."""
    delivery_id = await deliver(onprem, intake_hook(act(simulator, "intakes")))
    with pytest.raises(Later) as later:
        await replace(deliveries, calls_per_day=1).work(delivery_id)
    assert (later.value.reason, later.value.after_s) == ("budget_day", BACKOFF_MAX_S)
    (row,) = await onprem.run(
        "select result, attempts from ingress.delivery where id = $1", delivery_id
    )
    assert tuple(row) == (None, 0)


async def test_budget_of_the_minute_makes_the_job_wait(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Without a free call the delivery waits; it is no failure, and nothing is lost."""
    limited = Deliveries(
        db=deliveries.db,
        box=deliveries.box,
        api=deliveries.api,
        calls_per_minute=1,
        calls_per_day=100_000,
    )
    delivery_id = await deliver(onprem, intake_hook(act(simulator, "intakes")))
    with pytest.raises(Later) as later:
        await limited.work(delivery_id)
    assert later.value.reason == "budget_minute"
    assert (await result(onprem, delivery_id))[0] is None
    await deliveries.work(delivery_id)
    assert await result(onprem, delivery_id) == ("done", "intake_created")


async def test_429_makes_the_job_wait_without_counting_an_attempt(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """IntakeQ's own limit, when another program used it up."""
    delivery_id = await deliver(onprem, intake_hook(act(simulator, "intakes")))
    act(simulator, "limits", per_minute=1, reset=False)
    try:
        with pytest.raises(Later):
            await deliveries.work(delivery_id)
    finally:
        act(simulator, "limits", per_minute=10_000, per_day=100_000)
    row = await onprem.run(
        "select attempts, result from ingress.delivery where id = $1", delivery_id
    )
    assert (row[0]["attempts"], row[0]["result"]) == (0, None)


async def test_stored_deliveries_are_queued_once_by_priority(
    deliveries: Deliveries, onprem: PlaneDatabase, simulator: httpx.Client
) -> None:
    """Appointments go before intakes, intakes before notes."""
    note = await deliver(onprem, {"NoteId": "n", "Type": "Note Locked", "ClientId": 1})
    intake = await deliver(onprem, {"IntakeId": "i", "Type": "Intake Submitted", "ClientId": 1})
    waiting = dict(await deliveries.unqueued())
    assert waiting[intake] > waiting[note]
