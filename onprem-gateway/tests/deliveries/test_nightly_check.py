"""The nightly check: what no message told of is found; nothing is done twice; nobody is added twice."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from lmhg_gateway.adapters.intakeq import Retry
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import linked
from lmhg_gateway.features.deliveries.calls import ACTOR, Calls
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.features.reconcile.lists import Lists
from lmhg_gateway.features.reconcile.objects import Objects
from lmhg_gateway.features.reconcile.status import sync_status
from lmhg_kit.persistence import Actor
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .test_worker import act, deliver, result  # noqa: TID252 - beside this file

PRACTICE = Practice("America/Kentucky/Louisville")


@dataclass
class Check:
    """The check beside the simulator."""

    lists: Lists
    objects: Objects
    database: PlaneDatabase

    async def run(self) -> int:
        """One whole check and all that it found to ask for; how many calls it took."""
        before = await self.calls()
        async with self.lists.fetcher.calls.db.uow(ACTOR, "test") as tx:
            await tx.execute(text("update ingress.sync_state set wanted_at = clock_timestamp()"))
        while await self.lists.step():
            pass
        while await self.objects.step():
            pass
        return await self.calls() - before

    async def calls(self) -> int:
        """Calls so far."""
        return (await self.database.run("select count(*) from ingress.api_call"))[0][0]

    async def count(self, sql: str, *values: object) -> Any:
        """One number."""
        return (await self.database.run(sql, *values))[0][0]


@pytest.fixture
async def check(onprem: PlaneDatabase, simulator: httpx.Client, deliveries: Deliveries) -> Check:
    """Nothing waits, and the last check was yesterday."""
    simulator.post("/_sim/faults", json={})
    await onprem.run("truncate ingress.api_call, practice.intakeq_object")
    await onprem.run(
        "update ingress.sync_state set asks_since = null, step = 0, page = 1, wanted_at = null,"
        " began_at = clock_timestamp(), ended_at = clock_timestamp() - interval '1 day',"
        " since = current_date - 1"
    )
    await onprem.run("update ingress.intake_state set failures = 0, paused_until = null")
    fetcher = deliveries.fetcher
    return Check(Lists(fetcher, PRACTICE), Objects(fetcher, PRACTICE), onprem)


async def client_of(check: Check, kind: str, key: str) -> uuid.UUID | None:
    """Our record of an object of the simulator's."""
    async with check.lists.fetcher.calls.db.read(ACTOR, "test") as tx:
        return await linked(tx, kind, key)


async def test_webhook_never_sent_is_found(check: Check, simulator: httpx.Client) -> None:
    """A form, an appointment and a note of which nothing was ever sent are here after one check."""
    made = act(simulator, "intakes", copies=0)
    visit = act(simulator, "appointments", client_id=made["client_id"], copies=0)
    note = act(simulator, "notes", client_id=made["client_id"], copies=0)
    await check.run()
    for kind, each in (("intake", made), ("appointment", visit), ("note", note)):
        assert await client_of(check, kind, str(each["id"])) is not None
    assert await check.count("select count(*) from practice.intakeq_object") == 0


async def test_second_check_finds_nothing_and_asks_for_nothing_again(
    check: Check, simulator: httpx.Client
) -> None:
    """The overlap is read again; it costs the lists alone and writes no record a second time."""
    act(simulator, "intakes", copies=0)
    await check.run()
    sql = (
        "select (select count(*) from practice.client) + (select count(*) from practice.intake)"
        " + (select count(*) from practice.appointment) + (select count(*) from practice.note)"
    )
    before = await check.count(sql)
    assert await check.run() <= 8 + 2
    assert await check.count(sql) == before


async def test_form_that_a_webhook_brought_is_not_asked_for_again(
    check: Check, simulator: httpx.Client, deliveries: Deliveries, onprem: PlaneDatabase
) -> None:
    """What a message brought is known by its time: no call is spent on it at night."""
    await check.run()
    made = act(simulator, "intakes", copies=0)
    sent = await deliver(onprem, {"Type": "Intake Submitted", "IntakeId": made["id"]})
    await deliveries.sort()
    while await deliveries.pull():
        pass
    assert (await result(onprem, sent))[0] == "done"
    assert await check.run() <= 8 + 2


async def test_change_in_intakeq_comes_over(check: Check, simulator: httpx.Client) -> None:
    """A moved appointment, a new phone number and a deletion, none of which was told."""
    made = act(simulator, "appointments", copies=0)
    gone = act(simulator, "appointments", client_id=made["client_id"], copies=0)
    await check.run()
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    act(simulator, "reschedule", id=made["id"], start=start.isoformat(), copies=0)
    act(simulator, "delete", id=gone["id"], copies=0)
    act(simulator, "edit", client_id=made["client_id"], phone="(555) 010-7788")
    await check.run()
    ours = await client_of(check, "appointment", str(made["id"]))
    assert (
        await check.count("select starts_at from practice.appointment where id = $1", ours) == start
    )
    deleted = await client_of(check, "appointment", str(gone["id"]))
    assert (
        await check.count("select status from practice.appointment where id = $1", deleted)
        == "deleted"
    )
    assert await phone_of(check, str(made["client_id"])) == "(555) 010-7788"


async def phone_of(check: Check, number: str) -> str | None:
    """The phone on record."""
    known = await client_of(check, "client", number)
    async with check.lists.fetcher.calls.db.read(ACTOR, "test") as tx:
        client = await tx.get(Client, known)
        assert client is not None
        return client.phone


async def test_many_pages_are_all_read(check: Check, simulator: httpx.Client) -> None:
    """A hundred lines a page: the hundred and first is found too, and a full last page ends."""
    client = act(simulator, "intakes", copies=0)["client_id"]
    made = [act(simulator, "appointments", client_id=client, copies=0) for _ in range(101)]
    await check.run()
    assert await client_of(check, "appointment", str(made[-1]["id"])) is not None


async def test_page_that_was_not_written_is_read_again(
    check: Check, simulator: httpx.Client
) -> None:
    """A check that ended between two pages goes on where it was; a refusal loses nothing."""
    made = act(simulator, "appointments", copies=0)
    simulator.post("/_sim/faults", json={"status": 500, "answers": 2})
    async with check.lists.fetcher.calls.db.uow(ACTOR, "test") as tx:
        await tx.execute(text("update ingress.sync_state set wanted_at = clock_timestamp()"))
    for _ in range(2):
        with pytest.raises(Retry):
            await check.lists.step()
    assert await check.count("select step from ingress.sync_state") == 0
    again = Lists(check.lists.fetcher, PRACTICE)
    while await again.step():
        pass
    assert await client_of(check, "appointment", str(made["id"])) is not None
    assert await check.count("select asks_since is null from ingress.sync_state")


async def test_a_second_client_of_someone_is_held_not_added(
    check: Check, simulator: httpx.Client, onprem: PlaneDatabase
) -> None:
    """The booking page made one person twice: nobody is added, what they booked waits for a decision."""
    first = act(simulator, "intakes", copies=0)
    await check.run()
    second = simulator.post("/_sim/second", json={"client_id": first["client_id"]}).json()
    number = second["ClientId"]
    visit = act(simulator, "appointments", client_id=number, copies=0)
    before = await check.count("select count(*) from practice.client")
    await check.run()
    assert await check.count("select count(*) from practice.client") == before
    state = await check.count(
        "select state from practice.intakeq_arrival order by found_at desc limit 1"
    )
    assert state == "open"
    assert await client_of(check, "appointment", str(visit["id"])) is None
    assert await check.count("select count(*) from practice.intakeq_object") == 1


async def test_merge_in_intakeq_is_seen_and_so_is_its_undo(
    check: Check, simulator: httpx.Client
) -> None:
    """A client is gone and their appointment names another: proposed here; taken apart: seen too."""
    one = act(simulator, "intakes", copies=0)
    other = act(simulator, "intakes", copies=0)
    act(simulator, "appointments", client_id=one["client_id"], copies=0)
    await check.run()
    gone = await client_of(check, "client", str(one["client_id"]))
    into = await client_of(check, "client", str(other["client_id"]))
    act(simulator, "merge", client_id=one["client_id"], into=other["client_id"])
    await check.run()
    sql = "select state from practice.intakeq_merge where gone_id = $1 and into_id = $2"
    assert await check.count(sql, gone, into) == "open"
    act(simulator, "unmerge", client_id=one["client_id"])
    await check.run()
    assert await check.count(sql, gone, into) == "undone"
    act(simulator, "merge", client_id=one["client_id"], into=other["client_id"])
    await check.run()
    assert await check.count(sql, gone, into) == "open"


async def test_catch_up_takes_few_calls_and_says_until_when(
    check: Check, simulator: httpx.Client
) -> None:
    """With the standard plan a catch-up stops at 350 calls a day, and the page says what is left."""
    for _ in range(3):
        act(simulator, "intakes", copies=0)
    await check.database.run(
        "update ingress.sync_state set ended_at = clock_timestamp() - interval '7 days'"
    )
    tight = replace(check.lists.fetcher.calls, per_minute=10_000, per_day=26)
    assert isinstance(tight, Calls)
    fetcher = Fetcher(check.lists.fetcher.api, tight)
    slow = Check(Lists(fetcher, PRACTICE), Objects(fetcher, PRACTICE), check.database)
    await tight.store_limits()
    await slow.run()
    assert await slow.calls() <= 26 - 26 * 150 // 500
    async with tight.db.read(Actor("process: worker"), "test") as tx:
        status = await sync_status(tx, at=datetime.now(UTC))
    await check.lists.fetcher.calls.store_limits()
    assert status.is_catch_up
