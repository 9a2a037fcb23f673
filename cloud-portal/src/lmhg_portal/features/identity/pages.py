"""Signing in to the portal, and out of it."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post

from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.http.access import SESSION_COOKIE, gate_of, public
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page, safe_path
from lmhg_kit.http.signin import SignIn, SignInForm
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import writing

AnyRequest = Request[Any, Any, Any]


@get("/sign-in", opt=public(), include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form."""
    if visit_of(request).session:
        return go(request, "/")
    return await _show(request, start(SignInForm))


@post("/sign-in", opt=public(), include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """Check the credentials and begin a session under a fresh secret."""
    form = fill(SignInForm, await read_form(request))
    if form.data is None:
        return await _show(request, form, status=422)
    visit, gate = visit_of(request), gate_of(request)
    checker: SignIn = request.app.state["sign_in"]
    try:
        account = await checker.check(form.data, address=visit.address, request_id=visit.request_id)
    except NotSignedIn:
        return await _show(request, form, status=401, refused="wrong")
    except TooMany as wait:
        return await _show(request, form, status=429, refused="wait", wait_s=wait.retry_after_s)
    if gate.sessions is None:
        raise NotSignedIn
    cookies = request.headers.get("cookie", "")
    token = await gate.sessions.begin(
        account.id,
        display_name=account.display_name,
        roles=account.roles,
        replaces=gate.jar.read(cookies, SESSION_COOKIE),
    )
    visit.set_cookies += [gate.jar.put(SESSION_COOKIE, token), gate.jar.drop("next")]
    return go(request, safe_path(gate.jar.read(cookies, "next")))


@post("/sign-out", opt=public(), include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End this session, here and in the store."""
    visit, gate = visit_of(request), gate_of(request)
    if visit.session and visit.token and gate.sessions:
        async with writing(request, "sign_out") as tx:
            await tx.note("sign_out", kind="account")
        await gate.sessions.end(visit.token)
    visit.set_cookies.append(gate.jar.drop(SESSION_COOKIE))
    return go(request, "/signed-out")


@get("/signed-out", opt=public(), include_in_schema=False)
async def signed_out(request: AnyRequest) -> Response[Any]:
    """Say that it is done."""
    return await page(request, "identity/signed_out.html")


async def _show(
    request: AnyRequest,
    form: Form[SignInForm],
    *,
    status: int = 200,
    refused: str = "",
    wait_s: int = 0,
) -> Response[str]:
    return await page(
        request,
        "identity/sign_in.html",
        status=status,
        form=form,
        refused=refused,
        wait_s=wait_s,
    )


FEATURE = Feature(
    name="identity",
    handlers=(sign_in_page, sign_in, sign_out, signed_out),
    templates=Path(__file__).parent / "templates",
)
