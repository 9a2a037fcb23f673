"""Announcements for programs: listed with how far each is."""

from typing import Any

from litestar import Request, get

from lmhg_gateway.features.announcements import repository, service, views
from lmhg_gateway.features.exemptions.public import states
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.http.access import needs
from lmhg_kit.http.lists import PAGE_SIZE
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]


@get("/api/v1/announcements", opt=needs("announcements.read"), tags=["announcements"])
async def list_announcements(request: AnyRequest) -> list[views.AnnouncementRow]:
    """The newest announcements."""
    async with reading(request, "announcements.list") as tx:
        found = (await repository.listed(tx, page=1))[:PAGE_SIZE]
        on_way = await states(tx, kind=service.KIND, record_ids=[each.id for each in found])
        return views.rows(found, on_way, await staff_names(tx))
