"""The identity process: one form, and the way on to the workspace."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post

from lmhg_gateway.features.identity import service
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.http.access import public
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.signin import SignIn, SignInForm
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of

AnyRequest = Request[Any, Any, Any]


@get("/", opt=public(), include_in_schema=False)
async def front(request: AnyRequest) -> Response[Any]:
    """Nothing lives here but the form."""
    return go(request, "/sign-in")


@get("/sign-in", opt=public(), include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form; without a workspace that asked for it, back to the workspace."""
    state = query_of(request).get("state", "")
    if not service.is_token(state):
        return go(request, f"{_workspace(request)}/sign-in")
    return await _show(request, start(SignInForm), state=state)


@post("/sign-in", opt=public(), include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """Check the credentials and hand the person over."""
    fields = await read_form(request)
    state = next(iter(fields.get("state", [])), "")
    if not service.is_token(state):
        return go(request, f"{_workspace(request)}/sign-in")
    form = fill(SignInForm, fields)
    if form.data is None:
        return await _show(request, form, state=state, status=422)
    visit = visit_of(request)
    checker: SignIn = request.app.state["sign_in"]
    try:
        account = await checker.check(form.data, address=visit.address, request_id=visit.request_id)
    except NotSignedIn:
        return await _show(request, form, state=state, status=401, refused="wrong")
    except TooMany as wait:
        return await _show(
            request, form, state=state, status=429, refused="wait", wait_s=wait.retry_after_s
        )
    code = await service.issue_code(database_of(request), account_id=account.id, state=state)
    return go(request, f"{_workspace(request)}/session/start?code={code}")


def _workspace(request: AnyRequest) -> str:
    return str(request.app.state["workspace_url"]).rstrip("/")


async def _show(
    request: AnyRequest,
    form: Form[SignInForm],
    *,
    state: str,
    status: int = 200,
    refused: str = "",
    wait_s: int = 0,
) -> Response[str]:
    return await page(
        request,
        "identity/sign_in.html",
        status=status,
        form=form,
        state=state,
        refused=refused,
        wait_s=wait_s,
    )


SIGN_IN = Feature(
    name="identity",
    handlers=(front, sign_in_page, sign_in),
    templates=Path(__file__).parent / "templates",
)
