"""The first page: what waits for this person, by role."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.web.points import HomeAsk, HomeCard, HomeStats
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]


@get("/", opt=needs("home.view"), include_in_schema=False)
async def home(request: AnyRequest) -> Response[str]:
    """What waits, each part only for those whose role has it."""
    features, practice = FEATURES.of(request), PRACTICE.of(request)
    ask = HomeAsk(
        person_id=uuid.UUID(actor_of(request).id),
        practice=practice,
        features=features,
        may=lambda permission: may(request, permission),
    )
    async with reading(request, "home") as tx:
        stats = [
            stat
            for each in features.contributions(HomeStats)
            if may(request, each.permission)
            for stat in await each.find(tx, practice)
        ]
        cards = [
            (each, await each.load(tx, ask))
            for each in features.contributions(HomeCard)
            if may(request, each.permission)
        ]
    return await page(request, "home/home.html", now=utc_now(), stats=stats, cards=cards)
