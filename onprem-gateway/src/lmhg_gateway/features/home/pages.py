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
    counted = [each for each in features.contributions(HomeStats) if ask.may(each.permission)]
    shown = [each for each in features.contributions(HomeCard) if ask.may(each.permission)]
    async with reading(request, "home") as tx:
        found = await tx.together(
            *(each.find(tx, practice) for each in counted), *(each.load(tx, ask) for each in shown)
        )
    stats = [stat for each in found[: len(counted)] for stat in each]
    cards = list(zip(shown, found[len(counted) :], strict=True))
    return await page(request, "home/home.html", now=utc_now(), stats=stats, cards=cards)
