"""The page of texts that were found to name a client after they were shared."""

from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.look_back import repository, views
from lmhg_gateway.features.look_back.morning_page import PATH
from lmhg_gateway.features.look_back.rules import is_late
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import query_of
from lmhg_kit.http.page import page
from lmhg_kit.http.paging import PAGE_SIZE, page_number, slice_of
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]


@get(PATH, opt=needs("compliance.read"), include_in_schema=False)
async def found_later(request: AnyRequest) -> Response[str]:
    """Each finding with why, since when and until when; and the searches themselves."""
    number, now = page_number(query_of(request).get("page", "")), utc_now()
    async with reading(request, "look_back.view") as tx:
        found = await repository.findings(tx, page=number)
        last = await repository.last_whole(tx)
        passes = views.pass_rows(await repository.passes(tx))
    more = len(found) > PAGE_SIZE
    rows = views.finding_rows(found[:PAGE_SIZE], at=now)
    finished = last and last.finished_at
    return await page(
        request,
        "look_back/found_later.html",
        rows=rows,
        passes=passes,
        last=last,
        late=views.proof_sentence(finished, at=now) if is_late(finished, now) else "",
        slice=slice_of(PATH, {}, page=number, shown=len(rows), total=None, more=more),
    )
