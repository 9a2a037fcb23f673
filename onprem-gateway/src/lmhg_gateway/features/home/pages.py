"""The first page: what waits for this person, by role."""

from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.appointments.public import count_between
from lmhg_gateway.features.compliance.public import waiting_counts
from lmhg_gateway.features.referrals.public import state_counts, waiting_rows
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]


@get("/", opt=needs("home.view"), include_in_schema=False)
async def home(request: AnyRequest) -> Response[str]:
    """What waits, each part only for those whose role has it."""
    context: dict[str, Any] = {"referrals": None, "counts": None, "today": None, "waiting": None}
    practice = PRACTICE.of(request)
    async with reading(request, "home") as tx:
        if may(request, "referrals.read"):
            context["referrals"] = await waiting_rows(tx)
            context["counts"] = await state_counts(tx)
        if may(request, "appointments.read"):
            start, end = practice.bounds(practice.today())
            context["today"] = await count_between(tx, start, end)
        if may(request, "compliance.read"):
            context["waiting"] = await waiting_counts(tx)
    return await page(request, "home/home.html", now=utc_now(), **context)
