"""A row that two people share goes with neither of them while the other one's record is kept."""

import uuid
from datetime import UTC, datetime

import asyncpg
import pytest

from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.jobs import ACTOR
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .everything import LONG_AGO  # noqa: TID252 - beside this file
from .steps import NAMED, batch_of, disposed, someone  # noqa: TID252 - beside this file
from .test_holds import lift, place  # noqa: TID252 - beside this file


async def fax_about(
    opened: PlaneDatabase, one: uuid.UUID, other: uuid.UUID
) -> tuple[uuid.UUID, uuid.UUID]:
    """A fax about two people that was split and filed: its file, and the paper about the second one."""
    papers, file = (uuid.uuid4(), uuid.uuid4()), uuid.uuid4()
    link = await asyncpg.connect(opened.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        for paper, client in zip(papers, (one, other), strict=True):
            await link.execute(
                "insert into practice.paper (id, state, came_at, source, client_id)"
                " values ($1, 'open', $2, 'folder', $3)",
                paper, LONG_AGO, client,
            )  # fmt: skip
        await link.execute(
            "insert into practice.paper_file (id, paper_id, ordinal, source, state, added_by, received_at)"
            " values ($1, $2, 0, 'folder', 'checking', 'test', $3)",
            file, papers[0], LONG_AGO,
        )  # fmt: skip
        for number, paper in enumerate(papers, 1):
            await link.execute(
                "insert into practice.paper_page (id, file_id, number, paper_id, place, picture_at, picture_size)"
                " values (gen_random_uuid(), $1, $2, $3, 1, 0, 1)",
                file, number, paper,
            )  # fmt: skip
        await link.execute("update practice.paper_file set state = 'stored' where id = $1", file)
        await link.execute(
            "update practice.paper set state = 'filed' where id = any ($1::uuid[])", list(papers)
        )
    await link.close()
    return file, papers[1]


@pytest.mark.parametrize("is_held", [True, False])
async def test_pages_about_another_person_stay_when_one_is_disposed_of(
    opened: PlaneDatabase, worker: Database, desk: Database, *, is_held: bool
) -> None:
    """One fax about two people: neither the second one's pages nor the file they came in go with the first one."""
    one, other = await someone(worker), await someone(worker)
    file, paper = await fax_about(opened, one, other)
    hold = await place(desk, other) if is_held else None
    _, items = await batch_of(opened, one)
    assert await disposed(worker, items[0]) == "changed"
    assert await opened.run("select 1 from practice.paper_page where paper_id = $1", paper)
    gone = "select 1 from compliance.disposal_object where object_id = $1"
    assert not await opened.run(gone, file)
    if hold is not None:
        await lift(desk, hold)


async def test_hold_counts_for_all_whom_a_row_names(
    opened: PlaneDatabase, worker: Database, desk: Database
) -> None:
    """That two records are not one person's is a row of both: it stays while either of them is on hold."""
    one, other = sorted([await someone(worker), await someone(worker)])
    link = await asyncpg.connect(opened.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        await link.execute("alter table practice.client_pair disable trigger user")
        await link.execute(
            "insert into practice.client_pair (id, one_id, other_id, points, level, reasons, state)"
            " values (gen_random_uuid(), $1, $2, 9, 'likely', '{}', 'not_same')",
            one, other,
        )  # fmt: skip
        await link.execute("alter table practice.client_pair enable trigger user")
    await link.close()
    hold = await place(desk, other)
    _, items = await batch_of(opened, one)
    assert await disposed(worker, items[0]) == "held"
    await lift(desk, hold)
    _, items = await batch_of(opened, one)
    assert await disposed(worker, items[0]) == "gone"
    assert await opened.run("select 1 from practice.client where id = $1", other)


async def test_messages_of_a_client_on_hold_stay(
    opened: PlaneDatabase, worker: Database, desk: Database
) -> None:
    """While a hold lasts no message of IntakeQ goes: nobody can see whose it is."""
    client = await someone(worker)
    hold = await place(desk, client)
    message = uuid.uuid4()
    link = await asyncpg.connect(opened.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        await link.execute(
            "insert into ingress.delivery (id, received_at, source, peer, outcome, size, result)"
            " values ($1, $2, 'intakeq', '127.0.0.1', 'stored', 1, 'done')",
            message, LONG_AGO,
        )  # fmt: skip
    await link.close()
    batch, _ = await batch_of(opened, messages_before=datetime(2010, 1, 1, tzinfo=UTC))
    async with worker.uow(ACTOR, "disposal.messages") as tx:
        count = await repository.dispose_messages(tx, batch)
    await lift(desk, hold)
    assert count == 0
