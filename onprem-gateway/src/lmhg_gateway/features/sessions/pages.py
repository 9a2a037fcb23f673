"""The workspace's end of sign-in: begin, receive the code, end."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromQuery

from lmhg_gateway.features.sessions import service
from lmhg_gateway.features.sessions.handoff_repository import Handed
from lmhg_gateway.features.sessions.open_sessions import end_sessions
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import SESSION_COOKIE, Gate, gate_of, leaving, public
from lmhg_kit.http.device import device_of
from lmhg_kit.http.forms import fill, query_of, read_form
from lmhg_kit.http.page import go, page, safe_path
from lmhg_kit.http.session import Sessions, new_token
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of, writing

AnyRequest = Request[Any, Any, Any]
HOP_COOKIE = "hop"
HOP_S = 600
LEFT_COOKIE = "left"
AGAIN = "/sign-in?locked=1"
LEFT_S = 12 * 3600
LEFT_MAX = 4
"""People whose page a shared computer keeps for them."""
SESSION_MAX = timedelta(hours=12)
"""The role's own limits, and the session it came from, may end it sooner."""


@get("/sign-in", opt=public(), include_in_schema=False)
async def begin(request: AnyRequest) -> Response[Any]:
    """Remember that this browser asked, and send it to the identity process."""
    visit, gate = visit_of(request), gate_of(request)
    asked = query_of(request)
    fresh = asked.get("fresh") == "1"
    if visit.session and (not fresh or gate.is_fresh(visit.session)):
        return go(request, safe_path(gate.jar.read(request.headers.get("cookie", ""), "next")))
    state = new_token()
    visit.set_cookies.append(gate.jar.put(HOP_COOKIE, state, max_age_s=HOP_S))
    identity = SETTINGS.of(request).identity_url.rstrip("/")
    more = ("&fresh=1" if fresh else "") + ("&locked=1" if asked.get("locked") == "1" else "")
    return go(request, f"{identity}/sign-in?state={state}{more}")


@get("/session/start", opt=public(), include_in_schema=False)
async def start_session(request: AnyRequest, code: FromQuery[str] = "") -> Response[Any]:
    """Exchange the code for a session in the browser that asked for it."""
    visit, gate = visit_of(request), gate_of(request)
    cookies = request.headers.get("cookie", "")
    state = gate.jar.read(cookies, HOP_COOKIE)
    visit.set_cookies.append(gate.jar.drop(HOP_COOKIE))
    if state is None or not service.is_token(state) or not service.is_token(code):
        return go(request, "/sign-in")
    handed = Handed(code, state, device_of(request.headers.get("user-agent", "")), visit.address)
    try:
        token = await service.redeem_code(
            database_of(request), handed, ends_by=utc_now() + SESSION_MAX
        )
    except NotSignedIn:
        return go(request, "/sign-in")
    if before := gate.jar.read(cookies, SESSION_COOKIE):
        await _sessions(gate).end(before)
    session = await _sessions(gate).resume(token)
    account_id = session.account_id if session else ""
    left = _left(request)
    # Someone else locked this computer: what was asked for since may be the page that they had open.
    wanted = gate.jar.read(cookies, "next") if left.keys() <= {account_id} else None
    target = safe_path(left.get(account_id) or wanted)
    kept = (gate.jar.drop("next"), _leave(request, account_id, None))
    visit.set_cookies += [gate.jar.put(SESSION_COOKIE, token), *kept]
    return go(request, target)


@post("/sign-out", opt=leaving(), include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End the whole sign-in that this session came from, everywhere it leads."""
    visit, gate = visit_of(request), gate_of(request)
    session = visit.session
    if session:
        async with writing(request, "sign_out") as tx:
            # First the word, then the end: the session is what proves who says so.
            await tx.audit("sign_out", kind="account")
            await end_sessions(
                tx,
                user_id=uuid.UUID(session.account_id),
                session_id=uuid.UUID(session.parent or session.id),
            )
    visit.set_cookies += [gate.jar.drop(SESSION_COOKIE), gate.jar.drop("next")]
    return go(request, "/signed-out")


class LockForm(msgspec.Struct, frozen=True):
    """Where someone was when they locked the computer."""

    place: Annotated[str, msgspec.Meta(max_length=200)] = ""


@post("/lock", opt=leaving(), include_in_schema=False)
async def lock(request: AnyRequest) -> Response[Any]:
    """End the sign-in and ask who is there; the same person comes back to where they were.

    Nothing of theirs stays: the session is over, pages are not stored by browsers, and what the browser
    keeps is the path of the page, without what was searched. Unlike signing out it leaves the second step
    remembered, where the person wanted that.
    """
    visit, gate = visit_of(request), gate_of(request)
    form = fill(LockForm, await read_form(request))
    visit.set_cookies += [gate.jar.drop(SESSION_COOKIE), gate.jar.drop("next")]
    if session := visit.session:
        async with writing(request, "lock") as tx:
            await tx.audit("lock", kind="account")
            await end_sessions(
                tx,
                user_id=uuid.UUID(session.account_id),
                session_id=uuid.UUID(session.parent or session.id),
                keep_step=True,
            )
        place = safe_path(form.data.place if form.data else None)
        visit.set_cookies.append(_leave(request, session.account_id, place))
    return go(request, "/locked")


@get("/locked", opt=public(), include_in_schema=False)
async def locked(request: AnyRequest) -> Response[Any]:
    """Say that it is locked, and go on to sign-in: no form of ours may lead to another site."""
    answer = await page(request, "sessions/locked.html")
    answer.headers["refresh"] = f"0; url={AGAIN}"
    return answer


def _left(request: AnyRequest) -> dict[str, str]:
    """The pages that people left when they locked this computer, by their accounts, the oldest first."""
    kept = gate_of(request).jar.read(request.headers.get("cookie", ""), LEFT_COOKIE) or ""
    found = (unquote(each).partition("/") for each in kept.split("~"))
    return {who: f"/{rest}" for who, slash, rest in found if slash}


def _leave(request: AnyRequest, account_id: str, place: str | None) -> str:
    """The cookie that knows which page this person left; None for nowhere."""
    left = {who: at for who, at in _left(request).items() if who != account_id}
    if place:
        left[account_id] = place
    kept = [quote(f"{who}{at}", safe="/-").replace("~", "%7E") for who, at in left.items()][
        -LEFT_MAX:
    ]
    return gate_of(request).jar.put(LEFT_COOKIE, "~".join(kept), max_age_s=LEFT_S)


@get("/signed-out", opt=public(), include_in_schema=False)
async def signed_out(request: AnyRequest) -> Response[Any]:
    """Say that it is done."""
    return await page(request, "sessions/signed_out.html")


def _sessions(gate: Gate) -> Sessions:
    if gate.sessions is None:
        raise NotSignedIn
    return gate.sessions


SIGNED_OUT = Feature(
    name="signed_out",
    app="identity",
    pages=(signed_out,),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
"""The same last page, where the identity process shows it."""
