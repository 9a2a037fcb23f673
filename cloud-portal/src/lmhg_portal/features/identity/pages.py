"""Signing in to the portal by the practice's issuer, and out of it again."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post

from lmhg_kit.errors import Forbidden, NotSignedIn, Unavailable
from lmhg_kit.http.access import SESSION_COOKIE, Gate, gate_of, machine, public
from lmhg_kit.http.device import device_of
from lmhg_kit.http.forms import fill, query_of, read_form
from lmhg_kit.http.openid import Answer
from lmhg_kit.http.page import go, page
from lmhg_kit.http.session import SessionOrigin, Sessions, hash_token, new_token
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of, writing
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor
from lmhg_portal.features.identity import repository
from lmhg_portal.features.identity.service import RELYING_PARTY, Arrived

AnyRequest = Request[Any, Any, Any]
BROWSER_COOKIE = "sign_in"
BROWSER_S = 600
TOKEN_MAX = 8192

_log = get_logger()


class LogoutForm(msgspec.Struct, frozen=True):
    """What the issuer posts over the back channel."""

    logout_token: Annotated[str, msgspec.Meta(min_length=20, max_length=TOKEN_MAX)]


@get("/sign-in", opt=public(), include_in_schema=False)
async def begin(request: AnyRequest) -> Response[Any]:
    """Remember that this browser asked, and send it to the issuer."""
    visit, gate = visit_of(request), gate_of(request)
    if visit.session:
        return go(request, "/")
    browser = new_token()
    wanted = gate.jar.read(request.headers.get("cookie", ""), "next") or "/"
    try:
        address = await RELYING_PARTY.of(request).begin(browser=browser, next_path=wanted)
    except Unavailable as down:
        return await _trouble(request, "down", phase=down.phase)
    visit.set_cookies += [
        gate.jar.put(BROWSER_COOKIE, browser, max_age_s=BROWSER_S),
        gate.jar.drop("next"),
    ]
    return go(request, address)


@get("/sign-in/callback", opt=public(), include_in_schema=False)
async def finish(request: AnyRequest) -> Response[Any]:
    """Check the issuer's answer, and begin a session under a fresh secret."""
    visit, gate = visit_of(request), gate_of(request)
    query = query_of(request)
    browser = gate.jar.read(request.headers.get("cookie", ""), BROWSER_COOKIE)
    visit.set_cookies.append(gate.jar.drop(BROWSER_COOKIE))
    answer = Answer(
        state=query.get("state", ""),
        code=query.get("code", ""),
        iss=query.get("iss", ""),
        error=query.get("error", ""),
    )
    try:
        arrived = await RELYING_PARTY.of(request).finish(answer, browser=browser or "")
    except Unavailable as down:
        return await _trouble(request, "down", phase=down.phase)
    except Forbidden as refused:
        trouble = "profile" if refused.code == "profile_missing" else "refused"
        return await _trouble(request, trouble, phase=refused.phase)
    token = await _open_session(request, arrived)
    visit.set_cookies.append(gate.jar.put(SESSION_COOKIE, token))
    return go(request, arrived.next_path)


async def _open_session(request: AnyRequest, arrived: Arrived) -> str:
    visit, gate = visit_of(request), gate_of(request)
    who, db = arrived.who, database_of(request)
    token = await _sessions(gate).begin(
        str(arrived.user_id),
        display_name=arrived.profile.display_name,
        roles=arrived.profile.roles,
        replaces=gate.jar.read(request.headers.get("cookie", ""), SESSION_COOKIE),
        origin=SessionOrigin(
            authenticated_at=who.authenticated_at,
            methods=who.methods,
            device=device_of(request.headers.get("user-agent", "")),
            parent=who.sid or None,
        ),
    )
    await repository.keep_hint(db, hash_token(token), id_token=arrived.id_token)
    actor = Actor(str(arrived.user_id), arrived.profile.roles, proof=token)
    async with db.uow(actor, "sign_in", zone=visit.zone, request_id=visit.request_id) as tx:
        await tx.audit("sign_in", kind="account", ids=[arrived.user_id])
    return token


@post("/sign-out", opt=public(), include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End this session, here and at the issuer."""
    visit, gate = visit_of(request), gate_of(request)
    visit.set_cookies.append(gate.jar.drop(SESSION_COOKIE))
    if not visit.session or not visit.token:
        return go(request, "/signed-out")
    hint = await repository.hint_of(database_of(request), visit.session.token_hash)
    async with writing(request, "sign_out") as tx:
        await tx.audit("sign_out", kind="account")
    await _sessions(gate).end(visit.token)
    try:
        address = await RELYING_PARTY.of(request).end_at_issuer(hint)
    except Unavailable:
        address = ""
    return go(request, address or "/signed-out?here=1")


@get("/signed-out", opt=public(), include_in_schema=False)
async def signed_out(request: AnyRequest) -> Response[Any]:
    """Say that it is done, and when the sign-in at the practice may still be open."""
    return await page(
        request, "identity/signed_out.html", here_only=query_of(request).get("here") == "1"
    )


@post("/sign-out/back-channel", opt=machine(), status_code=200, include_in_schema=False)
async def back_channel(request: AnyRequest) -> Response[Any]:
    """The issuer says which sessions are over; they are, before it has its answer."""
    form = fill(LogoutForm, await read_form(request))
    if form.data is None:
        return _refused(request, "form")
    try:
        count = await RELYING_PARTY.of(request).end_by_token(
            form.data.logout_token, request_id=visit_of(request).request_id
        )
    except Forbidden as refused:
        return _refused(request, refused.phase)
    _log.info("sign_out.back_channel", ended=count, request_id=visit_of(request).request_id)
    return Response({"ended": count})


def _refused(request: AnyRequest, phase: str | None) -> Response[Any]:
    _log.warning(
        "sign_out.refused", reason=phase or "token", request_id=visit_of(request).request_id
    )
    return Response({"error": "invalid_request"}, status_code=400)


def _sessions(gate: Gate) -> Sessions:
    if gate.sessions is None:
        raise NotSignedIn
    return gate.sessions


async def _trouble(request: AnyRequest, trouble: str, *, phase: str | None) -> Response[Any]:
    """The page that says why nobody was signed in; what exactly failed is for the log alone."""
    status = {"down": 503, "profile": 403}.get(trouble, 400)
    _log.warning(
        "sign_in.refused", reason=phase or trouble, request_id=visit_of(request).request_id
    )
    return await page(request, "identity/trouble.html", status=status, trouble=trouble)
