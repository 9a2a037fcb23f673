"""Pages of announcements: write, propose, approve, withdraw, follow."""

import uuid
from datetime import datetime, time
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.announcements import repository, service, views
from lmhg_gateway.features.announcements.forms import AnnouncementForm, ProposalForm
from lmhg_gateway.features.exemptions.public import crossing, decline, states
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.lists import PAGE_SIZE, page_number, slice_of
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
KIND = service.KIND


class Seen(msgspec.Struct, frozen=True):
    """Which version the approving person read."""

    version: Annotated[int, msgspec.Meta(ge=1)]


@get("/announcements", opt=needs("announcements.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[str]:
    """All announcements with how far each is."""
    number = page_number(query_of(request).get("page", ""))
    async with reading(request, "announcements.list") as tx:
        found = await repository.listed(tx, page=number)
        shown = found[:PAGE_SIZE]
        on_way = await states(tx, kind=KIND, record_ids=[each.id for each in shown])
        rows = views.rows(shown, on_way, await staff_names(tx))
    return await page(
        request,
        "announcements/list.html",
        rows=rows,
        slice=slice_of(
            "/announcements",
            {},
            page=number,
            shown=len(rows),
            total=None,
            more=len(found) > PAGE_SIZE,
        ),
    )


@get("/announcements/new", opt=needs("announcements.write"), include_in_schema=False)
async def new_announcement(request: AnyRequest) -> Response[str]:
    """An empty form."""
    return await _show_form(request, start(AnnouncementForm))


@post("/announcements", opt=needs("announcements.write"), include_in_schema=False)
async def create(request: AnyRequest) -> Response[Any]:
    """Write it, for this plane alone."""
    form = fill(AnnouncementForm, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, status=422)
    async with writing(request, "announcement.write") as tx:
        made = await service.write(tx, form.data, by=actor_of(request).id, at=utc_now())
    return go(request, f"/announcements/{made.id}", notice="announcement.written")


@get(
    "/announcements/{announcement_id:uuid}",
    opt=needs("announcements.read"),
    include_in_schema=False,
)
async def view(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[str]:
    """One announcement, its way out and back, and what may be done now."""
    return await _show(request, announcement_id, form=start(ProposalForm))


@get(
    "/announcements/{announcement_id:uuid}/edit",
    opt=needs("announcements.write"),
    include_in_schema=False,
)
async def edit_page(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[str]:
    """The form with the text as it is."""
    async with reading(request, "announcement.edit") as tx:
        found = await repository.by_id(tx, announcement_id)
        if found is None:
            raise NotFound("announcement")
        form = start(AnnouncementForm, title=found.title, body=found.body)
    return await _show_form(request, form, announcement_id=announcement_id)


@post(
    "/announcements/{announcement_id:uuid}",
    opt=needs("announcements.write"),
    include_in_schema=False,
)
async def save(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Change the text."""
    form = fill(AnnouncementForm, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, announcement_id=announcement_id, status=422)
    async with writing(request, "announcement.edit") as tx:
        await service.edit(tx, announcement_id, form.data)
    return go(request, f"/announcements/{announcement_id}", notice="announcement.saved")


@post(
    "/announcements/{announcement_id:uuid}/propose",
    opt=needs("announcements.write"),
    include_in_schema=False,
)
async def propose(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Ask a second person to release it."""
    form = fill(ProposalForm, await read_form(request))
    if form.data is None:
        return await _show(request, announcement_id, form=form, status=422)
    zone = PRACTICE.of(request).zone
    until = form.data.expires_on
    expires_at = datetime.combine(until, time(23, 59), tzinfo=zone) if until else None
    async with writing(request, "announcement.propose") as tx:
        await service.propose(
            tx, announcement_id, form.data, by=actor_of(request).id, expires_at=expires_at
        )
    return go(request, f"/announcements/{announcement_id}", notice="announcement.proposed")


@post(
    "/announcements/{announcement_id:uuid}/approve",
    opt=needs("exemptions.approve", fresh=True),
    include_in_schema=False,
)
async def approve(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Release it, as the second person."""
    seen = fill(Seen, await read_form(request)).result()
    async with writing(request, "announcement.approve") as tx:
        await service.approve(
            tx, announcement_id, seen=seen.version, by=actor_of(request).id, at=utc_now()
        )
    return go(request, f"/announcements/{announcement_id}", notice="announcement.approved")


@post(
    "/announcements/{announcement_id:uuid}/decline",
    opt=needs("exemptions.approve"),
    include_in_schema=False,
)
async def refuse(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Decline the request."""
    async with writing(request, "announcement.decline") as tx:
        await decline(
            tx, kind=KIND, record_id=announcement_id, by=actor_of(request).id, at=utc_now()
        )
    return go(request, f"/announcements/{announcement_id}", notice="announcement.declined")


@post(
    "/announcements/{announcement_id:uuid}/withdraw",
    opt=needs("exemptions.withdraw"),
    include_in_schema=False,
)
async def withdraw(request: AnyRequest, announcement_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Take the release back."""
    async with writing(request, "announcement.withdraw") as tx:
        await service.withdraw(tx, announcement_id, by=actor_of(request).id, at=utc_now())
    return go(request, f"/announcements/{announcement_id}", notice="announcement.withdrawn")


async def _show(
    request: AnyRequest,
    announcement_id: uuid.UUID,
    *,
    form: Form[ProposalForm],
    status: int = 200,
) -> Response[str]:
    async with reading(request, "announcement.view") as tx:
        found = await repository.by_id(tx, announcement_id)
        if found is None:
            raise NotFound("announcement")
        on_way = await crossing(tx, kind=KIND, record_id=found.id)
        row = views.row(found, (on_way.state, on_way.kind), await staff_names(tx))
    return await page(
        request, "announcements/view.html", status=status, row=row, crossing=on_way, form=form
    )


async def _show_form(
    request: AnyRequest,
    form: Form[AnnouncementForm],
    *,
    announcement_id: uuid.UUID | None = None,
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "announcements/form.html",
        status=status,
        form=form,
        announcement_id=announcement_id,
    )


async def find_announcements(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Announcements by their title."""
    return [
        Hit(label=each.title, href=f"/announcements/{each.id}", icon="announcement")
        for each in await repository.titled(tx, asked.text, limit=HITS_MAX)
    ]
