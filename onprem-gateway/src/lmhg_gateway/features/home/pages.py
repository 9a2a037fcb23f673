"""The first page: what waits for this person, by role."""

from datetime import datetime, time, timedelta
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.appointments.public import count_between
from lmhg_gateway.features.compliance.public import waiting_counts
from lmhg_gateway.features.referrals.public import state_counts, waiting_rows
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import gate_of, needs
from lmhg_kit.http.page import page
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import reading
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]


@get("/", opt=needs("home.view"), include_in_schema=False)
async def home(request: AnyRequest) -> Response[str]:
    """What waits, each part only for those whose role has it."""
    context: dict[str, Any] = {"referrals": None, "counts": None, "today": None, "waiting": None}
    async with reading(request, "home") as tx:
        if _may(request, "referrals.read"):
            context["referrals"] = await waiting_rows(tx)
            context["counts"] = await state_counts(tx)
        if _may(request, "appointments.read"):
            start, end = _today(request)
            context["today"] = await count_between(tx, start, end)
        if _may(request, "compliance.read"):
            context["waiting"] = await waiting_counts(tx)
    return await page(request, "home/home.html", now=utc_now(), **context)


def _may(request: AnyRequest, permission: str) -> bool:
    session = visit_of(request).session
    return session is not None and gate_of(request).allows(session.roles, permission)


def _today(request: AnyRequest) -> tuple[datetime, datetime]:
    zone = PRACTICE.of(request).zone
    day = utc_now().astimezone(zone).date()
    start = datetime.combine(day, time(), tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
