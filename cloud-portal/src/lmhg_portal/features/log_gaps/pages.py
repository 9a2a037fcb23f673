"""The page of log gaps, and the bell that leads an officer to it."""

from typing import Any

from litestar import Request, Response, get

from lmhg_kit.http.access import needs
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_portal.features.log_gaps import repository

AnyRequest = Request[Any, Any, Any]
PATH = "/log-gaps"
PERMISSION = "log_gaps.read"


@get(PATH, opt=needs(PERMISSION), include_in_schema=False)
async def list_page(request: AnyRequest) -> Response[Any]:
    """What could not be written to the portal's access log, and what to do."""
    async with reading(request, "log_gaps.list") as tx:
        rows = await repository.recent(tx)
    return await page(
        request,
        "log_gaps/list.html",
        rows=rows,
        total=rows[0].every if rows else 0,
        days=repository.TOLD_FOR.days,
    )
