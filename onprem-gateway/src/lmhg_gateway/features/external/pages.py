"""Sign-in in external mode: to the other issuer and back, and what to say when that fails."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.accounts.public import FULL
from lmhg_gateway.features.external.service import BROKER, CALLBACK, Arrived, Broker
from lmhg_gateway.features.sign_in.public import current_person
from lmhg_gateway.features.sign_in.public import door as doors
from lmhg_kit.errors import Forbidden, NotSignedIn, Unavailable
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import gate_of, public
from lmhg_kit.http.forms import query_of
from lmhg_kit.http.openid import Answer
from lmhg_kit.http.page import go, page
from lmhg_kit.http.session import new_token
from lmhg_kit.http.visit import visit_of
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor

AnyRequest = Request[Any, Any, Any]

BROWSER_COOKIE = "external"
BROWSER_S = 600
METHOD = "external"

_log = get_logger()


def broker_of(request: AnyRequest) -> Broker:
    """The relying party of this process."""
    return BROKER.of(request)


@get("/sign-in", opt=public(), include_in_schema=False)
async def begin(request: AnyRequest) -> Response[Any]:
    """To the issuer; or straight on for someone who is signed in already."""
    asked, door = query_of(request), doors.door_of(request)
    onward = doors.onward_of(asked)
    if asked.get("state") and not onward.state:
        return go(request, f"{doors.workspace_of(request)}/sign-in")
    visit, gate = visit_of(request), gate_of(request)
    if await _is_full(request) and not (
        visit.session and onward.is_due(is_fresh=gate.is_fresh(visit.session))
    ):
        return await doors.leave(request, onward, token=visit.token or "")
    browser = new_token()
    try:
        address = await broker_of(request).begin(door, onward, browser=browser)
    except Unavailable as down:
        return await _trouble(request, "down", phase=down.phase)
    visit.set_cookies.append(gate.jar.put(BROWSER_COOKIE, browser, max_age_s=BROWSER_S))
    return go(request, address)


@get(CALLBACK, opt=public(), include_in_schema=False)
async def finish(request: AnyRequest) -> Response[Any]:
    """Check the issuer's answer, and begin a session of our own under a fresh secret."""
    visit, gate, query = visit_of(request), gate_of(request), query_of(request)
    browser = gate.jar.read(request.headers.get("cookie", ""), BROWSER_COOKIE)
    visit.set_cookies.append(gate.jar.drop(BROWSER_COOKIE))
    answer = Answer(
        state=query.get("state", ""),
        code=query.get("code", ""),
        iss=query.get("iss", ""),
        error=query.get("error", ""),
    )
    try:
        arrived = await broker_of(request).finish(
            doors.door_of(request),
            answer,
            browser=browser or "",
            request_id=visit.request_id,
        )
    except Unavailable as down:
        return await _trouble(request, "down", phase=down.phase)
    except Forbidden as refused:
        return await _trouble(request, refused.code, phase=refused.phase)
    return await doors.leave(request, arrived.onward, token=await _open(request, arrived))


async def _is_full(request: AnyRequest) -> bool:
    try:
        await current_person(request)
    except NotSignedIn:
        return False
    return True


async def _open(request: AnyRequest, arrived: Arrived) -> str:
    """The secret of this browser's session: the same one renewed, or a new one."""
    account, place = arrived.account, doors.place_of_visit(request)
    held = visit_of(request).session
    if held and held.account_id == str(account.id) and await _is_full(request):
        token = await doors.renew_session(request, account, methods=arrived.methods, at=arrived.at)
    else:
        token = await doors.open_session(
            request, account, stage=FULL, methods=arrived.methods, at=arrived.at
        )
    await doors.door_of(request).accounts.record(
        "sign_in",
        email=account.email,
        actor=Actor(str(account.id)),
        method=METHOD,
        device=place.device,
        address=place.address,
        request_id=place.request_id,
    )
    return token


@get(["/forgot", "/letter"], opt=public(), include_in_schema=False)
async def elsewhere(request: AnyRequest) -> Response[str]:
    """Passwords are not ours: say where the account lives."""
    return await page(request, "external/elsewhere.html", status=404)


@get("/signed-out", opt=public(), include_in_schema=False)
async def signed_out(request: AnyRequest) -> Response[str]:
    """Say what is over, and what is not."""
    return await page(request, "external/signed_out.html")


async def _trouble(request: AnyRequest, trouble: str, *, phase: str | None) -> Response[Any]:
    """The page that says why nobody was signed in; what exactly failed is for the log alone."""
    status = {"down": 503, "token_refused": 400}.get(trouble, 403)
    _log.warning(
        "external.refused", reason=phase or trouble, request_id=visit_of(request).request_id
    )
    return await page(request, "external/trouble.html", status=status, trouble=trouble)


EXTERNAL = Feature(
    name="external",
    app="identity",
    pages=(begin, finish, elsewhere, signed_out),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
