"""A paper in the tray of someone who is long due."""

import uuid

import asyncpg

from lmhg_gateway.features.retention.jobs import Disposal
from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .test_retention import OWN, agree, person, worker  # noqa: TID252, F401

NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def test_paper_in_the_tray_keeps_its_client_and_no_one_else(
    as_role: AsRole,
    onprem: PlaneDatabase,
    worker: Disposal,  # noqa: F811
) -> None:
    """A fax came today about someone of 2010: they are not due, and the others still are."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    await agree(admin, officer, "inquiries", 7)
    waits, other = await person(onprem, year=2010), await person(onprem, year=2010)
    paper, file = uuid.uuid4(), uuid.uuid4()
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        await link.execute(
            "insert into practice.paper (id, state, came_at, source, client_id)"
            " values ($1, 'open', now(), 'folder', $2)",
            paper,
            waits,
        )
        await link.execute(
            "insert into practice.paper_file (id, paper_id, ordinal, source, state, added_by, received_at)"
            " values ($1, $2, 0, 'folder', 'checking', 'test', now())",
            file,
            paper,
        )
        await link.execute(
            "insert into practice.paper_page (id, file_id, number, paper_id, place, picture_at, picture_size)"
            " values (gen_random_uuid(), $1, 1, $2, 1, 0, 1)",
            file,
            paper,
        )
    await link.close()
    pressed = await admin.post(f"{OWN}/batches")
    assert pressed.status_code == 303, pressed.status_code
    rows = await onprem.run("select client_id from compliance.disposal_item")
    assert [row["client_id"] for row in rows] == [other]
