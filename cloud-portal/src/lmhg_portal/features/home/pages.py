"""The first page after signing in."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request, Response, get

from lmhg_contracts.kinds.announcements import Announcement
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.page import page
from lmhg_kit.http.work import actor_of, reading
from lmhg_kit.practice import PRACTICE
from lmhg_portal.adapters import replica
from lmhg_portal.features.tickets.public import open_tickets_of

AnyRequest = Request[Any, Any, Any]
SHOWN = 3
TICKETS_SHOWN = 5


@get("/", opt=needs("home.view"), include_in_schema=False)
async def home_page(request: AnyRequest) -> Response[Any]:
    """My tickets, the latest announcements, and how busy today is."""
    actor = actor_of(request)
    zone = PRACTICE.of(request).zone
    midnight = utc_now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    async with reading(request, "home.view") as tx:
        tickets, total = await open_tickets_of(tx, uuid.UUID(actor.id), limit=TICKETS_SHOWN)
        news = await replica.newest(tx, Announcement, limit=SHOWN)
        today = await replica.blocks_between(tx, _utc(midnight), _utc(midnight + timedelta(days=1)))
        shared = await replica.is_shared(tx, "calendar_block")
    booked = len(today) if shared else None
    return await page(
        request, "home/home.html", tickets=tickets, total=total, news=news, booked=booked
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
