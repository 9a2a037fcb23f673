"""Pages of the funnel, and of the referrals behind each of its counts."""

from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.funnel import service
from lmhg_gateway.features.funnel.listed import (
    STANDINGS,
    STANDINGS_FILE,
    cut_of,
    funnel_list,
    standing_filters,
)
from lmhg_gateway.features.funnel.rules import REACHED
from lmhg_gateway.features.funnel.views import STANDING, funnel_rows
from lmhg_kit.http.access import needs
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
PATH = "/funnel"


@get(PATH, opt=needs("funnel.read"), include_in_schema=False)
async def funnel(request: AnyRequest) -> Response[Any]:
    """How far referrals came, by source or by month; each count leads to its referrals."""
    wanted, practice = funnel_list("source", "").wanted(request), PRACTICE.of(request)
    by = wanted["by"]
    part = funnel_list(by, "all" if wanted.is_file else wanted["show"])
    cut = cut_of({"span": wanted["span"]}, today=practice.today())
    async with reading(request, "funnel") as tx:
        found = await service.counted(tx, cut, by=by)
        await part.audit(tx, wanted)
    rows = funnel_rows(found, by=by, query={"span": wanted["span"]})
    if wanted.is_file:
        return part.file(request, rows, total=len(rows))
    total = rows[-1]
    return await page(
        request,
        "funnel/funnel.html",
        list=part.made(wanted, rows, total=len(rows) if total.counts["received"] else 0),
        total=total.counts["received"],
        chart=[
            ("Received", total.counts["received"]),
            *((label, total.counts[f"reached_{state}"]) for state, label in REACHED.items()),
        ],
    )


@get(STANDING, opt=needs("funnel.read"), include_in_schema=False)
async def standing(request: AnyRequest) -> Response[Any]:
    """Each referral's whole standing in one row."""
    practice = PRACTICE.of(request)
    filters = standing_filters(practice.today())
    wanted = STANDINGS.wanted(request, filters=filters)
    cut = cut_of(wanted.values, today=practice.today())
    async with reading(request, "funnel.list") as tx:
        found = await service.standings(
            tx, cut, sort=wanted.sort, first=wanted.first, size=wanted.size, practice=practice
        )
        await STANDINGS.audit(tx, wanted)
    if wanted.is_file:
        return STANDINGS_FILE.file(request, found.rows, total=found.total)
    return await page(
        request,
        "funnel/standing.html",
        list=STANDINGS.made(wanted, found.rows, total=found.total, filters=filters),
    )
