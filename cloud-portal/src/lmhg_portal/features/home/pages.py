"""The first page after signing in."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_kit.http.access import needs
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading
from lmhg_kit.practice import PRACTICE
from lmhg_portal.web.points import Area, HomePart

AnyRequest = Request[Any, Any, Any]


@get("/", opt=needs("home.view"), include_in_schema=False)
async def home_page(request: AnyRequest) -> Response[Any]:
    """What every feature has for this person today."""
    person, practice = uuid.UUID(actor_of(request).id), PRACTICE.of(request)
    parts: dict[str, list[tuple[HomePart, Any]]] = {area.value: [] for area in Area}
    found = FEATURES.of(request).contributions(HomePart)
    async with reading(request, "home.view") as tx:
        loaded: dict[Any, Any] = {}
        for each in sorted(found, key=lambda part: part.order):
            if each.load not in loaded:  # two parts that show the same load it once
                loaded[each.load] = await each.load(tx, person, practice)
            parts[each.area.value].append((each, loaded[each.load]))
    return await page(request, "home/home.html", parts=parts)
