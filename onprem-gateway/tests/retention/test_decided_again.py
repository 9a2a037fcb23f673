"""What two people agreed to is decided once more for each person when it is carried out."""

import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.retention import carrying_out, repository
from lmhg_gateway.features.retention.jobs import ACTOR, Disposal
from lmhg_gateway.features.retention.rules import NotDue, digest_of
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .everything import LONG_AGO  # noqa: TID252 - beside this file
from .steps import (  # noqa: TID252 - beside this file
    NAMED,
    PRACTICE,
    SALT,
    batch_of,
    disposed,
    set_years,
    someone,
)

Change = Callable[[PlaneDatabase, Database, uuid.UUID], Awaitable[None]]


async def run(opened: PlaneDatabase, sql: str, *given: object) -> None:
    """A statement of the database's owner."""
    link = await asyncpg.connect(opened.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            await link.execute(sql, *given)
    finally:
        await link.close()


async def younger(_opened: PlaneDatabase, worker: Database, client: uuid.UUID) -> None:
    """The birth date is put right: the person is twenty."""
    async with worker.uow(ACTOR, "test") as tx:
        found = await tx.get(Client, client)
        assert found is not None
        found.birth_date = f"{datetime.now(UTC).year - 20}-01-02"


async def visit(opened: PlaneDatabase, _worker: Database, client: uuid.UUID) -> None:
    """An old visit is brought in: it is no newer than what was known, and makes a client of who had only asked."""
    await run(
        opened,
        "insert into practice.appointment (id, client_id, starts_at, ends_at, status)"
        " values (gen_random_uuid(), $1, $2, $2, 'completed')",
        client, LONG_AGO,
    )  # fmt: skip


async def call(opened: PlaneDatabase, _worker: Database, client: uuid.UUID) -> None:
    """A new referral comes in."""
    await run(opened, "update practice.referral set state_at = now() where client_id = $1", client)


async def longer(opened: PlaneDatabase, _worker: Database, _client: uuid.UUID) -> None:
    """Two people set more years."""
    await set_years(opened, inquiries=90)


async def paper(opened: PlaneDatabase, _worker: Database, client: uuid.UUID) -> None:
    """A document is to be kept until next year."""
    await run(
        opened,
        "insert into practice.document (id, client_id, label, created_at, retain_until)"
        " values (gen_random_uuid(), $1, 'other', $2, current_date + 300)",
        client, LONG_AGO,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (younger, NotDue.BIRTH_DATE),
        (visit, NotDue.OTHER_LINE),
        (call, NotDue.NEW_CONTACT),
        (longer, NotDue.SCHEDULE),
        (paper, NotDue.KEEP_UNTIL),
    ],
)
async def test_who_is_no_longer_due_is_left_out_and_the_certificate_says_why(
    opened: PlaneDatabase, worker: Database, change: Change, why: NotDue
) -> None:
    """After the approval something changes for one of two: nothing of theirs goes, all of the other one does."""
    stays, goes = await someone(worker), await someone(worker, born="1970-01-02")
    batch, items = await batch_of(opened, stays, goes)
    await change(opened, worker, stays)
    job = Disposal(worker, PRACTICE, None, None)
    while await job.step():
        pass
    await set_years(opened)
    rows = await opened.run(
        "select state, left_out_why, left_out_by from compliance.disposal_item where id = $1",
        items[0],
    )
    assert tuple(rows[0]) == ("changed", why.value, "process: worker")
    assert await opened.run("select 1 from practice.referral where client_id = $1", stays)
    if why is not NotDue.SCHEDULE:
        assert not await opened.run("select 1 from practice.client where id = $1", goes)
    async with worker.read(ACTOR, "test") as tx:
        said = json.loads(await carrying_out.certificate(tx, batch))
    assert {"hash": digest_of(SALT, str(stays)), "why": why.value} in said["left_out"]
    assert str(stays) not in json.dumps(said)


async def test_record_that_is_still_due_goes_under_the_years_of_now(
    opened: PlaneDatabase, worker: Database
) -> None:
    """Other years by which it is due too, and a birth date by which it is: it goes, and the item says by what."""
    client = await someone(worker, born="1970-01-02")
    _, items = await batch_of(opened, client)
    await set_years(opened, inquiries=9)
    assert await disposed(worker, items[0]) == "gone"
    await set_years(opened)
    rows = await opened.run("select years from compliance.disposal_item where id = $1", items[0])
    assert rows[0]["years"] == 9


async def test_database_decides_again_whatever_the_worker_says(
    opened: PlaneDatabase, worker: Database
) -> None:
    """The worker says that nothing speaks against it: the schedule, the line and a new contact are seen there too."""
    for change, why in ((longer, "schedule"), (visit, "other_line"), (call, "new_contact")):
        client = await someone(worker)
        _, items = await batch_of(opened, client)
        await change(opened, worker, client)
        async with worker.uow(ACTOR, "disposal.record") as tx:
            years = 90 if change is longer else 7
            assert await repository.dispose(tx, items[0], years=years) == "changed"
        await set_years(opened)
        rows = await opened.run(
            "select left_out_why as why from compliance.disposal_item where id = $1", items[0]
        )
        assert rows[0]["why"] == why


async def test_messages_stay_when_the_schedule_asks_for_more_years(
    opened: PlaneDatabase, worker: Database
) -> None:
    """Their years were changed after the batch was proposed: none goes, and the certificate says why."""
    message = uuid.uuid4()
    await run(
        opened,
        "insert into ingress.delivery (id, received_at, source, peer, outcome, size, result)"
        " values ($1, $2, 'intakeq', '127.0.0.1', 'stored', 1, 'done')",
        message, LONG_AGO,
    )  # fmt: skip
    before = LONG_AGO + timedelta(days=1)
    batch, _ = await batch_of(opened, messages_before=before)
    await set_years(opened, messages=90)
    job = Disposal(worker, PRACTICE, None, None)
    while await job.step():
        pass
    await set_years(opened)
    assert await opened.run("select 1 from ingress.delivery where id = $1", message)
    async with worker.read(ACTOR, "test") as tx:
        said = json.loads(await carrying_out.certificate(tx, batch))
    assert said["messages_left_out"] == "schedule"
