"""Announcements that the practice released to the portal."""

import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_contracts.kinds.announcements import Announcement
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters import replica
from lmhg_portal.features.announcements import repository

AnyRequest = Request[Any, Any, Any]


@get("/announcements", opt=needs("announcements.read"), include_in_schema=False)
async def list_page(request: AnyRequest) -> Response[Any]:
    """The announcements that came last, the latest first; where there are more, it says so."""
    async with reading(request, "announcements.list") as tx:
        found, total, names = await tx.together(
            replica.newest(tx, Announcement), repository.count(tx), replica.staff_names(tx)
        )
    ordered = sorted(found, key=lambda item: item.body.published_at, reverse=True)
    return await page(request, "announcements/list.html", items=ordered, names=names, total=total)


@get("/announcements/{record_id:uuid}", opt=needs("announcements.read"), include_in_schema=False)
async def one_page(request: AnyRequest, record_id: FromPath[uuid.UUID]) -> Response[Any]:
    """One announcement. Raises: NotFound once it was withdrawn."""
    async with reading(request, "announcements.view") as tx:
        found = await replica.one(tx, Announcement, record_id)
        names = await replica.staff_names(tx)
    if found is None:
        raise NotFound("announcement_gone")
    return await page(request, "announcements/one.html", item=found, names=names)


async def find_announcements(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Announcements with the words in their title or text."""
    return [
        Hit(label=each.body.title, href=f"/announcements/{each.id}", icon="announcement")
        for each in await repository.worded(tx, asked.text, limit=HITS_MAX)
    ]
