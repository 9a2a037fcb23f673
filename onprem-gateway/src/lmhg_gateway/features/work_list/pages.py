"""The page of the work list."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.work_list.listed import MINE, WORK
from lmhg_gateway.features.work_list.reading import read_list, sources_for
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]


@get("/work", opt=needs("work.read"), include_in_schema=False)
async def work_list(request: AnyRequest) -> Response[Any]:
    """Everyone to whom a step is owed: at risk and urgent first, then what is due first."""
    wanted = WORK.wanted(request)
    sources = sources_for(
        FEATURES.of(request).contributions(WorkSource), lambda name: may(request, name)
    )
    person = uuid.UUID(actor_of(request).id) if wanted["owner"] == MINE else None
    async with reading(request, "work") as tx:
        seen = await read_list(
            tx,
            sources,
            practice=PRACTICE.of(request),
            view=wanted["view"],
            owner_id=person,
            first=wanted.first,
            size=wanted.size,
            may=lambda name: may(request, name),
        )
        await WORK.audit(tx, wanted)
    if wanted.is_file:
        return WORK.file(request, seen.rows, total=seen.total)
    return await page(
        request,
        "work_list/list.html",
        rows=seen.rows,
        chips=seen.chips,
        list=WORK.made(wanted, seen.rows, total=seen.total),
        view=wanted["view"],
        owner=wanted["owner"],
    )
