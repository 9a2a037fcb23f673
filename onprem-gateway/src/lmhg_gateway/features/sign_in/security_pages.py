"""My security: the password, second factors, sessions and history of the person who looks."""

import uuid
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.accounts.public import (
    ALONE_MIN,
    BESIDE_MIN,
    METHODS,
    Account,
    Verdict,
    forget_browsers,
    letter_repository,
    reminder,
    repository,
    set_password,
)
from lmhg_gateway.features.sessions.public import end_sessions, sessions_of
from lmhg_gateway.features.sign_in.door import (
    ACCOUNTS_ELSEWHERE,
    WORKSPACE_URL,
    account_of,
    door_of,
    remember_browser,
    session_of,
)
from lmhg_gateway.features.sign_in.letter_pages import PasswordForm, later, verdict_on
from lmhg_gateway.features.sign_in.pages import HELP, TEMPLATES
from lmhg_gateway.web.stages import IN_FULL
from lmhg_kit.errors import NotFound, TooMany
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_kit.http.access import SESSION_COOKIE, gate_of, needs
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import reading, writing

AnyRequest = Request[Any, Any, Any]
SECURITY = "identity.security"


@get("/security", opt=needs(SECURITY), include_in_schema=False)
async def security_page(request: AnyRequest) -> Response[str]:
    """Everything about one's own sign-in, on one page."""
    door, account = door_of(request), await account_of(request)
    async with reading(request, "security.view") as tx:
        sessions = await sessions_of(tx, account.id)
        history = await repository.activity_of(tx, account.id)
    elsewhere = ACCOUNTS_ELSEWHERE.of(request)
    due = reminder(account.rule, enrolled=account.enrolled, at=door.clock())
    return await page(
        request,
        "sign_in/security.html",
        account=account,
        elsewhere=elsewhere,
        apps=await door.factors.apps(account.id),
        keys=await door.factors.keys(account.id),
        codes_left=await door.factors.codes_left(account.id),
        due=None if elsewhere else due,
        sessions=sessions,
        own_id=uuid.UUID(session_of(request).id),
        history=history,
        methods=METHODS,
        workspace_url=WORKSPACE_URL.of(request),
    )


@post(
    "/security/factors/{factor_id:uuid}/remove",
    opt=needs(SECURITY, fresh=True),
    include_in_schema=False,
)
async def remove_factor(request: AnyRequest, factor_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Forget an app or a key; the last one stays where the rule is in force."""
    door, account = door_of(request), await account_of(request)
    needed = account.rule is not None and account.rule <= door.clock()
    await door.factors.remove(account.id, factor_id, keep_one=needed)
    async with writing(request, "factor.remove") as tx:
        await letter_repository.ask(tx, account.id, purpose="notice_removed")
        await tx.audit("factor.remove", kind="account", ids=[account.id])
    return go(request, "/security", notice="factor.removed")


@post("/security/sessions/{session_id:uuid}/end", opt=needs(SECURITY), include_in_schema=False)
async def end_session(request: AnyRequest, session_id: FromPath[uuid.UUID]) -> Response[Any]:
    """End one of one's own sessions, at once. Raises: NotFound."""
    account = await account_of(request)
    async with writing(request, "session.end") as tx:
        if not await end_sessions(tx, user_id=account.id, session_id=session_id):
            raise NotFound("session_unknown")
        await tx.audit("session.end", kind="account", ids=[account.id])
    return go(request, "/security", notice="session.ended")


@post("/security/sessions/end-others", opt=needs(SECURITY), include_in_schema=False)
async def end_others(request: AnyRequest) -> Response[Any]:
    """End every session of one's own but this."""
    account, own = await account_of(request), uuid.UUID(session_of(request).id)
    async with writing(request, "session.end") as tx:
        await end_sessions(tx, user_id=account.id, keep=own)
        await tx.audit("session.end_others", kind="account", ids=[account.id])
    return go(request, "/security", notice="session.others_ended")


@post("/security/sessions/end-all", opt=needs(SECURITY), include_in_schema=False)
async def end_all(request: AnyRequest) -> Response[Any]:
    """End every session of one's own, this one too."""
    account = await account_of(request)
    async with writing(request, "session.end") as tx:
        await end_sessions(tx, user_id=account.id)
        await tx.audit("session.end_all", kind="account", ids=[account.id])
    visit_of(request).set_cookies.append(gate_of(request).jar.drop(SESSION_COOKIE))
    return go(request, "/signed-out")


@get("/security/password", opt=needs(SECURITY, fresh=True), include_in_schema=False)
async def password_page(request: AnyRequest) -> Response[str]:
    """Choose another password."""
    return await _show_password(request, await account_of(request), start(PasswordForm))


@post("/security/password", opt=needs(SECURITY, fresh=True), include_in_schema=False)
async def change_password(request: AnyRequest) -> Response[Any]:
    """Keep another password: other sessions end, and mailed links open nothing any more."""
    door, account = door_of(request), await account_of(request)
    form = fill(PasswordForm, await read_form(request))
    if form.data is None:
        return await _show_password(request, account, form, status=422)
    try:
        verdict = await verdict_on(request, account, form.data.password)
    except TooMany as wait:
        form.refuse({"password": later(wait)})
        return await _show_password(request, account, form, status=429)
    if form.data.check:
        return await _show_password(request, account, form, verdict=verdict)
    if verdict.refused:
        form.refuse({"password": verdict.refused})
        return await _show_password(request, account, form, status=422, verdict=verdict)
    fresh = await door.sign_in.passwords.hash(form.data.password)
    async with writing(request, "password.change") as tx:
        await set_password(tx, account.id, fresh)
        await end_sessions(tx, user_id=account.id, keep=uuid.UUID(session_of(request).id))
        await forget_browsers(tx, account.id)
        await letter_repository.void(tx, account.id)
        await letter_repository.ask(tx, account.id, purpose="notice_password")
        await tx.audit("password.change", kind="account", ids=[account.id])
    await remember_browser(request, account)
    return go(request, "/security", notice="password.changed")


async def _show_password(
    request: AnyRequest,
    account: Account,
    form: Form[PasswordForm],
    *,
    status: int = 200,
    verdict: Verdict | None = None,
) -> Response[str]:
    least = BESIDE_MIN if account.enrolled else ALONE_MIN
    return await page(
        request,
        "sign_in/password.html",
        status=status,
        form=form,
        least=least,
        verdict=verdict,
    )


MY_SESSIONS = Feature(
    name="security",
    app="identity",
    pages=(security_page, end_session, end_others, end_all),
    nav=(NavItem(label="My security", path="/security", icon="shield", permission=SECURITY),),
    notices={
        "factor.removed": "Two-step sign-in method removed.",
        "session.ended": "Session ended.",
        "session.others_ended": "All other sessions ended.",
        "password.changed": "Password changed. All other sessions ended.",
    },
    templates=TEMPLATES,
    help=HELP,
    permissions=(Permission(name="identity.security", roles=IN_FULL),),
)
"""What remains of it when password and second factors are kept elsewhere."""

MY_SECURITY = replace(
    MY_SESSIONS,
    pages=(*MY_SESSIONS.pages, remove_factor, password_page, change_password),
)
