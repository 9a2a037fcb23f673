"""One page: how you appear, which networks are inside, and where another address would be."""

from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.network.rules import judged
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import query_of
from lmhg_kit.http.page import page
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.zones import Zones

AnyRequest = Request[Any, Any, Any]
ADDRESS_MAX = 60


@get("/network", opt=needs("network.read"), include_in_schema=False)
async def network(request: AnyRequest) -> Response[str]:
    """The policy, from this request's own point of view."""
    settings: WorkspaceSettings = SETTINGS.of(request)
    zones = Zones(approved=settings.approved_networks, trusted=settings.trusted_proxies)
    asked = query_of(request).get("address", "")[:ADDRESS_MAX]
    visit = visit_of(request)
    return await page(
        request,
        "network/policy.html",
        address=visit.address,
        inside=visit.inside,
        approved=[str(each) for each in settings.approved_networks],
        trusted=[str(each) for each in settings.trusted_proxies],
        asked=asked,
        found=judged(asked, zones=zones) if asked else None,
    )
