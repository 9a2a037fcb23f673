"""Pages of break-glass: open with a reason, end, look back, review."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.break_glass import repository, service, views
from lmhg_gateway.features.break_glass.forms import OpenForm, ReviewForm
from lmhg_gateway.features.break_glass.rules import MINUTES
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.feature import Asked, Note
from lmhg_kit.http.access import gate_of, needs
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession

AnyRequest = Request[Any, Any, Any]


@get("/break-glass", opt=needs("break_glass.open"), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """What it is, the form, and the openings that this person may see."""
    return await _show(request, start(OpenForm))


@post("/break-glass", opt=needs("break_glass.open", fresh=True), include_in_schema=False)
async def open_glass(request: AnyRequest) -> Response[Any]:
    """Open it: read access at once, and the officers know."""
    form = fill(OpenForm, await read_form(request))
    if form.data is None:
        return await _show(request, form, status=422)
    async with writing(request, "break_glass.open") as tx:
        await service.open_glass(tx, form.data, by=actor_of(request).id, at=utc_now())
    return go(request, "/break-glass", notice="break_glass.open")


@post("/break-glass/end", opt=needs("break_glass.open"), include_in_schema=False)
async def end_glass(request: AnyRequest) -> Response[Any]:
    """Give the access back before its time."""
    async with writing(request, "break_glass.end") as tx:
        await service.end_glass(tx, by=actor_of(request).id, at=utc_now())
    return go(request, "/break-glass", notice="break_glass.ended")


@post(
    "/break-glass/{opening_id:uuid}/review",
    opt=needs("break_glass.review"),
    include_in_schema=False,
)
async def review(request: AnyRequest, opening_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Say what it was."""
    form = fill(ReviewForm, await read_form(request)).result()
    async with writing(request, "break_glass.review") as tx:
        await service.review(tx, opening_id, form, by=actor_of(request).id, at=utc_now())
    return go(request, "/break-glass", notice="break_glass.reviewed")


async def _show(request: AnyRequest, form: Form[OpenForm], *, status: int = 200) -> Response[str]:
    session = visit_of(request).session
    me = actor_of(request).id
    officer = session is not None and gate_of(request).allows(session.roles, "break_glass.review")
    async with reading(request, "break_glass.list") as tx:
        found = await repository.listed(tx, user_id=None if officer else uuid.UUID(me))
        names = await staff_names(tx)
        shown = views.rows(found, names=names, me=me, officer=officer, at=utc_now())
    return await page(
        request,
        "break_glass/overview.html",
        status=status,
        form=form,
        rows=shown,
        officer=officer,
        minutes=[(str(each), f"{each} minutes") for each in MINUTES],
    )


async def reviews_waiting(tx: ReadSession, asked: Asked) -> list[Note]:
    """Openings that this officer may review: everybody's but their own."""
    count = await repository.to_review(tx, but=uuid.UUID(asked.person_id))
    return [Note(label="Emergency access to review", count=count, href="/break-glass", kind="bad")]
