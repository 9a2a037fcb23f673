"""Pages of announcements: write, propose, approve, withdraw, follow."""

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get

from lmhg_gateway.features.announcements import repository, service, views
from lmhg_gateway.features.announcements.forms import (
    AnnouncementForm,
    EditAnnouncement,
    ProposalForm,
)
from lmhg_gateway.features.announcements.listed import ANNOUNCEMENTS
from lmhg_gateway.features.announcements.rules import can_rewrite
from lmhg_gateway.features.exemptions.public import crossing, decline, is_record_held, states
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import opened
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
KIND = service.KIND
ONE = "/announcements/{announcement_id:uuid}"


class Seen(msgspec.Struct, frozen=True):
    """Which version the approving person read."""

    version: Annotated[int, msgspec.Meta(ge=1)]


@get("/announcements", opt=needs("announcements.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[Any]:
    """All announcements with how far each is."""
    wanted = ANNOUNCEMENTS.wanted(request)
    async with reading(request, "announcements.list") as tx:
        found, total = await repository.listed(
            tx, first=wanted.first, size=wanted.size, words=wanted.q, sort=wanted.sort
        )
        on_way = await states(tx, kind=KIND, record_ids=[each.id for each in found])
        rows = views.rows(found, on_way, await staff_names(tx))
        await ANNOUNCEMENTS.audit(tx, wanted)
    if wanted.is_file:
        return ANNOUNCEMENTS.file(request, rows, total=total)
    shown = ANNOUNCEMENTS.made(wanted, rows, total=total)
    return await page(request, "announcements/list.html", list=shown)


@shows(
    "/announcements/new",
    "announcements.write",
    template="announcements/form.html",
    purpose="announcement.write",
    form=AnnouncementForm,
)
async def new_announcement(_tx: ReadSession, _ask: Ask[AnnouncementForm]) -> Context:
    """An empty form."""
    return {"announcement_id": None, "is_held": False}


@acts(
    "/announcements",
    "announcements.write",
    purpose="announcement.write",
    form=AnnouncementForm,
    back=new_announcement,
)
async def create(tx: WriteSession, ask: Ask[AnnouncementForm], data: AnnouncementForm) -> Done:
    """Write it, for this plane alone."""
    made = await service.write(tx, data, by=ask.by, at=ask.at)
    return Done(f"/announcements/{made.id}", "announcement.written")


@shows(
    ONE,
    "announcements.read",
    template="announcements/view.html",
    purpose="announcement.view",
    form=ProposalForm,
)
async def view(tx: ReadSession, ask: Ask[ProposalForm], announcement_id: uuid.UUID) -> Context:
    """One announcement, its way out and back, and what may be done now."""
    found = await repository.by_id(tx, announcement_id)
    if found is None:
        raise NotFound("announcement")
    on_way = await crossing(tx, kind=KIND, record_id=found.id)
    row = views.row(found, (on_way.state, on_way.tone), await staff_names(tx))
    is_held = on_way.hold is not None
    return {
        "row": row,
        "crossing": on_way,
        "can_rewrite": can_rewrite(is_held=is_held, author_id=str(found.author_id), by=ask.by),
    }


async def _now(tx: ReadSession, announcement_id: uuid.UUID) -> tuple[Mapping[str, Any], int]:
    found = await repository.by_id(tx, announcement_id)
    if found is None:
        raise NotFound("announcement")
    return {"title": found.title, "body": found.body}, found.version


@shows(
    f"{ONE}/edit",
    "announcements.write",
    template="announcements/form.html",
    purpose="announcement.edit",
)
async def edit_page(
    tx: ReadSession, ask: Ask[EditAnnouncement], announcement_id: uuid.UUID
) -> Context:
    """The form with the text as it is, or as it came back."""
    form = ask.form
    if not form.values:
        values, version = await _now(tx, announcement_id)
        form = opened(EditAnnouncement, values, version=version)
    is_held = await is_record_held(tx, kind=KIND, record_id=announcement_id)
    return {"form": form, "announcement_id": announcement_id, "is_held": is_held}


@acts(
    ONE,
    "announcements.write",
    purpose="announcement.edit",
    form=EditAnnouncement,
    back=edit_page,
    now=_now,
)
async def save(
    tx: WriteSession,
    ask: Ask[EditAnnouncement],
    data: EditAnnouncement,
    announcement_id: uuid.UUID,
) -> Done:
    """Change the text."""
    taken_back = await service.edit(tx, announcement_id, data, by=ask.by, at=ask.at)
    said = "announcement.rewritten" if taken_back else "announcement.saved"
    return Done(f"/announcements/{announcement_id}", said)


@acts(
    f"{ONE}/propose",
    "announcements.write",
    purpose="announcement.propose",
    form=ProposalForm,
    back=view,
)
async def propose(
    tx: WriteSession, ask: Ask[ProposalForm], data: ProposalForm, announcement_id: uuid.UUID
) -> Done:
    """Ask a second person to release it."""
    until = data.expires_on
    expires_at = datetime.combine(until, time(23, 59), tzinfo=ask.practice.zone) if until else None
    await service.propose(tx, announcement_id, data, by=ask.by, expires_at=expires_at)
    return Done(f"/announcements/{announcement_id}", "announcement.proposed")


@acts(
    f"{ONE}/approve",
    "exemptions.approve",
    fresh=True,
    purpose="announcement.approve",
    form=Seen,
    back=view,
)
async def approve(tx: WriteSession, ask: Ask[Seen], data: Seen, announcement_id: uuid.UUID) -> Done:
    """Release it, as the second person."""
    await service.approve(tx, announcement_id, seen=data.version, by=ask.by, at=ask.at)
    return Done(f"/announcements/{announcement_id}", "announcement.approved")


@acts(f"{ONE}/decline", "exemptions.approve", purpose="announcement.decline", back=view)
async def refuse(tx: WriteSession, ask: Ask[Any], announcement_id: uuid.UUID) -> Done:
    """Decline the request."""
    await decline(tx, kind=KIND, record_id=announcement_id, by=ask.by, at=ask.at)
    return Done(f"/announcements/{announcement_id}", "announcement.declined")


@acts(f"{ONE}/withdraw", "exemptions.withdraw", purpose="announcement.withdraw", back=view)
async def withdraw(tx: WriteSession, ask: Ask[Any], announcement_id: uuid.UUID) -> Done:
    """Take the release back."""
    await service.withdraw(tx, announcement_id, by=ask.by, at=ask.at)
    return Done(f"/announcements/{announcement_id}", "announcement.withdrawn")


async def find_announcements(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Announcements by their title."""
    return [
        Hit(label=each.title, href=f"/announcements/{each.id}", icon="announcement")
        for each in await repository.titled(tx, asked.text, limit=HITS_MAX)
    ]
