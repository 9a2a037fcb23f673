"""Documents that were deleted, when one of their clients is on hold."""

import re
import uuid

import asyncpg

from lmhg_gateway.features.documents.filing import Filing
from lmhg_kit.http.testing import Signed
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file
from .test_documents import added  # noqa: TID252 - beside this file
from .test_tray import known  # noqa: TID252 - beside this file

NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def test_hold_on_a_client_stops_no_one_elses_removal(
    desk: Signed, admin: Signed, filing: Filing, onprem: PlaneDatabase
) -> None:
    """A document that was deleted long ago of someone who is on hold now; another one of someone else."""
    held = await known(desk, "Corvina Hallowmere", "1950-03-31")
    free = await known(desk, "Barnaby Thistlewick", "1951-03-31")
    docs: dict[str, str] = {}
    for who in (held, free):
        docs[who] = await added(desk, uuid.UUID(who), papers.pdf(f"Letter {who}"))
        await file_all(filing)
        await desk.follow(f"{docs[who]}/delete", why="wrong_client")
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        await link.execute("alter table practice.document disable trigger user")
        await link.execute(
            "update practice.document set deleted_at = now() - interval '30 days'"
            " where deleted_at is not null"
        )
        await link.execute("alter table practice.document enable trigger user")
    await link.close()
    await admin.follow(f"/clients/{held}/hold", why="A lawsuit came in.")
    await filing.remove()
    [row] = await onprem.run(
        "select removed_at from practice.document where id = $1::uuid",
        docs[free].rpartition("/")[2],
    )
    page = (await admin.get(f"/clients/{held}/hold")).text
    lift = re.findall(r'action="(/compliance/retention/holds/[0-9a-f-]+/lift)"', page)[0]
    await admin.follow(lift)
    assert row["removed_at"] is not None
