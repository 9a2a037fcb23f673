"""Changes sent to IntakeQ: each once, whatever ends in between; what IntakeQ has is here afterwards."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from lmhg_gateway.adapters.intakeq import Person, Visit
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import linked, reindex
from lmhg_gateway.features.deliveries.calls import ACTOR
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.features.write_back import repository, service
from lmhg_gateway.features.write_back.models import IntakeqChange
from lmhg_gateway.features.write_back.rules import Order
from lmhg_gateway.features.write_back.sending import Sending
from lmhg_kit.errors import Conflict
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .test_worker import act, deliver  # noqa: TID252 - beside this file

DESK = "test"
START = datetime(2027, 3, 2, 15, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here."""


class KilledAfterCall(Sending):
    """A worker that ends after IntakeQ answered and before anything was written."""

    async def _done(self, row: IntakeqChange, found: Person | Visit) -> None:
        raise Killed(row.id, found.left_out)


@dataclass
class Office:
    """A client that IntakeQ has, someone who asks, and the worker's part."""

    db: Database
    deliveries: Deliveries
    simulator: httpx.Client
    client_id: uuid.UUID
    number: int

    async def ask(self, what: str, subject: uuid.UUID, **order: Any) -> IntakeqChange:
        """Someone asks."""
        async with self.db.uow(Actor(DESK), "test") as tx:
            return await service.ask(
                tx, what, subject, Order(**order), is_on=True, by=DESK, at=datetime.now(UTC)
            )

    async def send(self, sending: Sending | None = None) -> None:
        """The worker does what is due."""
        while await (sending or Sending(self.deliveries.fetcher)).step():
            pass

    async def is_killed_after_the_call(self, change: IntakeqChange) -> None:
        """It ends between call and record, and comes back."""
        with pytest.raises(Killed):
            await KilledAfterCall(self.deliveries.fetcher).step()
        async with self.db.uow(Actor(DESK), "test") as tx:
            row = await repository.locked(tx, change.id)
            assert row is not None
            assert (row.state, row.was_called) == ("waiting", True)
            row.due_at = datetime.now(UTC) - timedelta(seconds=1)

    async def change(self, made: IntakeqChange) -> IntakeqChange:
        """How it is now."""
        async with self.db.read(Actor(DESK), "test") as tx:
            row = await repository.by_id(tx, made.id)
            assert row is not None
            return row

    def there(self) -> list[dict[str, Any]]:
        """The client's appointments in IntakeQ."""
        found = self.simulator.get("/_sim/objects/appointment").json()
        return [each for each in found if each["ClientId"] == self.number]

    async def visit(self) -> tuple[uuid.UUID, str]:
        """An appointment that both have: our id and IntakeQ's."""
        made = act(self.simulator, "appointments", client_id=self.number, copies=0)
        key = str(made["id"])
        found = self.simulator.get("/_sim/objects/appointment").json()
        (whole,) = [each for each in found if each["Id"] == key]
        await deliver_visit(self, whole)
        async with self.db.read(ACTOR, "test") as tx:
            ours = await linked(tx, "appointment", key)
        assert ours is not None
        return ours, key


async def deliver_visit(office: Office, whole: dict[str, Any]) -> None:
    """A message about an appointment comes and is worked off."""
    body = {"EventType": "AppointmentCreated", "Appointment": whole}
    await deliver(office_database(office), body)
    await office.deliveries.sort()
    while await office.deliveries.pull():
        pass


def office_database(office: Office) -> PlaneDatabase:
    """The database behind it."""
    return DATABASES[id(office.db)]


DATABASES: dict[int, PlaneDatabase] = {}


@pytest.fixture
async def office(
    onprem: PlaneDatabase, simulator: httpx.Client, deliveries: Deliveries
) -> AsyncIterator[Office]:
    """One client who sent a form, and no change that waits."""
    simulator.post("/_sim/faults", json={})
    await onprem.run("truncate ingress.api_call")
    await onprem.run("update ingress.intake_state set failures = 0, paused_until = null")
    db = Database(onprem.url("postgres"), pool_size=2)
    DATABASES[id(db)] = onprem
    form = act(simulator, "intakes", copies=0)
    await deliver(onprem, {"Type": "Intake Submitted", "IntakeId": form["id"]})
    await deliveries.sort()
    while await deliveries.pull():
        pass
    number = int(str(form["client_id"]))
    async with db.read(ACTOR, "test") as tx:
        client = await linked(tx, "client", str(number))
    assert client is not None
    yield Office(db, deliveries, simulator, client, number)
    await db.close()


async def test_details_reach_intakeq_and_are_agreed(office: Office) -> None:
    """A phone that was changed here is there afterwards, and no difference is left."""
    async with office.db.uow(Actor(DESK), "test") as tx:
        client = await tx.get(Client, office.client_id)
        assert client is not None
        client.phone = "502 555 9001"
        await reindex(tx, client)
    made = await office.ask("client", office.client_id)
    await office.send()
    assert (await office.change(made)).state == "done"
    found = office.simulator.get("/_sim/objects/client").json()
    (there,) = [each for each in found if each["ClientId"] == office.number]
    assert there["Phone"] == "502 555 9001"
    rows = await office_database(office).run(
        "select count(*) from practice.intakeq_difference where client_id = $1 and state = 'open'",
        office.client_id,
    )
    assert rows[0][0] == 0


async def test_client_who_is_new_there_is_added_once(office: Office) -> None:
    """Killed between call and record: found by our id the second time."""
    async with office.db.uow(Actor(DESK), "test") as tx:
        client = Client(legal_name="Ruthven Calloway", phone="502 555 9002")
        tx.add(client)
        await tx.flush()
        await reindex(tx, client)
    before = len(office.simulator.get("/_sim/objects/client").json())
    made = await office.ask("client", client.id)
    await office.is_killed_after_the_call(made)
    await office.send()
    assert (await office.change(made)).state == "done"
    after = office.simulator.get("/_sim/objects/client").json()
    assert len(after) == before + 1
    async with office.db.read(ACTOR, "test") as tx:
        assert await linked(tx, "client", str(after[-1]["ClientId"])) == client.id


async def test_booking_is_made_once(office: Office) -> None:
    """Killed between call and record: the appointment is looked for before it is asked for again."""
    order = {
        "start": START,
        "clinician": "morgan.reyes@lmhg.test",
        "service": "Follow-up",
    }
    made = await office.ask("book", office.client_id, **order)
    await office.is_killed_after_the_call(made)
    assert len(office.there()) == 1
    await office.send()
    assert (await office.change(made)).state == "done"
    (there,) = office.there()
    async with office.db.read(ACTOR, "test") as tx:
        assert await linked(tx, "appointment", there["Id"]) is not None


async def test_booking_without_the_look_doubles(office: Office) -> None:
    """The negative control: IntakeQ itself makes a second one."""
    order = {"start": START, "clinician": "morgan.reyes@lmhg.test", "service": "Follow-up"}
    for _ in range(2):
        made = await office.ask("book", office.client_id, **order)
        async with office.db.uow(Actor(DESK), "test") as tx:
            row = await repository.locked(tx, made.id)
            assert row is not None
            row.was_called = False
        await office.send()
        assert (await office.change(made)).state == "done"
    assert len(office.there()) == 2


@pytest.mark.parametrize("ended", ["held", "done"])
async def test_booking_asked_for_again_is_looked_for(office: Office, ended: str) -> None:
    """The first was made, and its answer may never have come: a fresh one finds it."""
    order = {"start": START, "clinician": "morgan.reyes@lmhg.test", "service": "Follow-up"}
    first = await office.ask("book", office.client_id, **order)
    if ended == "held":
        await office.is_killed_after_the_call(first)
        async with office.db.uow(Actor(DESK), "test") as tx:
            row = await repository.locked(tx, first.id)
            assert row is not None
            row.state, row.code = "held", "attempts_timeout"
    else:
        await office.send()
    fresh = await office.ask("book", office.client_id, **order)
    assert fresh.id != first.id
    await office.send()
    assert (await office.change(fresh)).state == "done"
    assert len(office.there()) == 1


async def test_cancellation_that_nobody_wants_any_more_is_not_tried_again(office: Office) -> None:
    """A try met an outage; then the appointment takes place after all: IntakeQ keeps it."""
    ours, key = await office.visit()
    made = await office.ask("cancel", ours)
    office.simulator.post("/_sim/faults", json={"status": 500, "answers": 1})
    await office.send()
    assert (await office.change(made)).was_called
    async with office.db.uow(Actor(DESK), "test") as tx:
        now = datetime.now(UTC)
        assert await service.keep_from_canceling(tx, ours, at=now)
        row = await repository.locked(tx, made.id)
        assert row is not None
        row.due_at = now - timedelta(seconds=1)
    await office.send()
    assert (await office.change(made)).state == "taken_back"
    (there,) = [each for each in office.there() if each["Id"] == key]
    assert there["Status"] != "Canceled"


async def test_move_and_cancel_are_made_once_and_seen_here(office: Office) -> None:
    """Moved, then canceled; each killed in between; the block here follows."""
    ours, key = await office.visit()
    moved = await office.ask("move", ours, start=START)
    await office.is_killed_after_the_call(moved)
    await office.send()
    canceled = await office.ask("cancel", ours, reason="Office closed")
    await office.is_killed_after_the_call(canceled)
    await office.send()
    assert [(await office.change(each)).state for each in (moved, canceled)] == ["done", "done"]
    (there,) = [each for each in office.there() if each["Id"] == key]
    assert (there["StartDate"], there["Status"]) == (int(START.timestamp() * 1000), "Canceled")
    rows = await office_database(office).run(
        "select starts_at, status from practice.appointment where id = $1", ours
    )
    assert tuple(rows[0]) == (START, "canceled")


async def test_refusal_is_held_and_tried_again_by_a_person(office: Office) -> None:
    """A service that IntakeQ does not have: not done, with its reason; nothing was booked."""
    made = await office.ask(
        "book", office.client_id, start=START, clinician="morgan.reyes@lmhg.test", service="Magic"
    )
    await office.send()
    row = await office.change(made)
    assert (row.state, row.code) == ("held", "service_unknown")
    assert office.there() == []
    async with office.db.uow(Actor(DESK), "test") as tx:
        await service.again(tx, made.id, is_on=True, at=datetime.now(UTC))
    await office.send()
    assert (await office.change(made)).state == "held"


async def test_outage_loses_nothing(office: Office) -> None:
    """IntakeQ answers 500: it waits, and is done once IntakeQ is well."""
    ours, _ = await office.visit()
    made = await office.ask("cancel", ours)
    office.simulator.post("/_sim/faults", json={"status": 500, "answers": 1})
    await office.send()
    assert (await office.change(made)).state == "waiting"
    async with office.db.uow(Actor(DESK), "test") as tx:
        row = await repository.locked(tx, made.id)
        assert row is not None
        row.due_at = datetime.now(UTC) - timedelta(seconds=1)
    await office.send()
    assert (await office.change(made)).state == "done"


async def test_asked_twice_is_one_change_and_off_is_off(office: Office) -> None:
    """A second press gives the first change; another order has to wait; nothing is kept while it is off."""
    ours, _ = await office.visit()
    one = await office.ask("move", ours, start=START)
    two = await office.ask("move", ours, start=START)
    assert one.id == two.id
    with pytest.raises(Conflict):
        await office.ask("move", ours, start=START + timedelta(hours=1))
    async with office.db.uow(Actor(DESK), "test") as tx:
        await service.take_back(tx, one.id, at=datetime.now(UTC))
        with pytest.raises(Conflict):
            await service.ask(
                tx,
                "cancel",
                ours,
                Order(),
                is_on=False,
                by=DESK,
                at=datetime.now(UTC),
            )
    assert (await office.change(one)).state == "taken_back"
