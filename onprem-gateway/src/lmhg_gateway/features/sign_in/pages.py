"""The identity process: sign in with a password, confirm that it is you, sign out."""

import uuid
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post

from lmhg_gateway.features.accounts.public import (
    ENROL,
    FULL,
    PASSWORD,
    PWD,
    Account,
    Reminder,
    Step,
    reminder,
    stage_after_password,
    stage_of,
)
from lmhg_gateway.features.sessions.public import end_sessions
from lmhg_gateway.features.sign_in.door import (
    HOME,
    Onward,
    account_of,
    door_of,
    forget_browser,
    leave,
    onward_of,
    open_session,
    people_here,
    place_of_visit,
    remember_browser,
    step_here,
    workspace_of,
)
from lmhg_gateway.features.sign_in.signin import SignInForm
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import SESSION_COOKIE, gate_of, leaving, needs, public
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import writing

AnyRequest = Request[Any, Any, Any]
TEMPLATES = Path(__file__).parent / "templates"
HELP = Path(__file__).parent / "help.md"
REMIND_DAYS = 14
"""So many days before the rule's date, the reminder blocks every sign-in."""


@get("/", opt=public(), include_in_schema=False)
async def front(request: AnyRequest) -> Response[Any]:
    """Nothing lives here but one's own sign-in."""
    return go(request, HOME if visit_of(request).session else "/sign-in")


@get("/sign-in", opt=public(), include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form, or straight on for someone who is signed in already."""
    asked = query_of(request)
    onward = onward_of(asked)
    if asked.get("state") and not onward.state:
        return go(request, f"{workspace_of(request)}/sign-in")
    session = visit_of(request).session
    if session is None:
        form, who = start(SignInForm), asked.get("who", "")
        return await _show(request, form, onward=onward, who=who, locked=asked.get("locked") == "1")
    stage = stage_of(session.roles)
    if stage == PASSWORD:
        return go(request, f"/second-factor{onward.query}")
    if stage == ENROL:
        return go(request, f"/enrol{onward.query}")
    if onward.is_due(is_fresh=gate_of(request).is_fresh(session)):
        return go(request, f"/confirm{onward.query}")
    token = visit_of(request).token or ""
    return await leave(request, onward, token=token)


@post("/sign-in", opt=public(), include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """Check the password; then the second factor, or on to where the person was going."""
    fields = await read_form(request)
    onward = onward_of({name: values[0] for name, values in fields.items()})
    form = fill(SignInForm, fields)
    if form.data is None:
        return await _show(request, form, onward=onward, status=422)
    place = place_of_visit(request)
    try:
        account = await door_of(request).sign_in.check(form.data, place=place)
    except NotSignedIn:
        return await _show(request, form, onward=onward, status=401, refused="wrong")
    except TooMany as wait:
        wait_s = wait.retry_after_s
        return await _show(request, form, onward=onward, status=429, refused="wait", wait_s=wait_s)
    return await _admit(request, account, onward=onward, length=len(form.data.password))


async def _admit(
    request: AnyRequest, account: Account, *, onward: Onward, length: int
) -> Response[Any]:
    at = door_of(request).clock()
    required = account.rule is not None and account.rule <= at
    stage = stage_after_password(enrolled=account.enrolled, required=required, length=length)
    if stage == PASSWORD and (step := await step_here(request, account)):
        return await _admit_again(request, account, step, onward=onward)
    token = await open_session(request, account, stage=stage, methods=frozenset({PWD}))
    if stage == PASSWORD:
        return go(request, f"/second-factor{onward.query}")
    if stage == ENROL:
        return go(request, f"/enrol{onward.query}")
    await remember_browser(request, account)
    due = _reminder(request, account)
    if due and due.days_left <= REMIND_DAYS:
        return go(request, f"/reminder{onward.query}")
    return await leave(request, onward, token=token)


async def _admit_again(
    request: AnyRequest, account: Account, step: Step, *, onward: Onward
) -> Response[Any]:
    """On with the second step that was proved in this browser today; it stays as old as it is."""
    place, sign_in = place_of_visit(request), door_of(request).sign_in
    await sign_in.succeed(account, method=PWD, place=place, act="sign_in.again")
    methods = frozenset({PWD, step.method})
    token = await open_session(request, account, stage=FULL, methods=methods, at=step.at)
    await remember_browser(request, account)
    return await leave(request, onward, token=token)


@get("/reminder", opt=needs("identity.security"), include_in_schema=False)
async def reminder_page(request: AnyRequest) -> Response[Any]:
    """How long the second factor can still wait."""
    onward = onward_of(query_of(request))
    due = _reminder(request, await account_of(request))
    if due is None:
        return go(request, f"/sign-in{onward.query}")
    return await page(request, "sign_in/reminder.html", onward=onward, due=due)


@post("/sign-out", opt=leaving(), include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End this sign-in and every session that came of it.

    Where it was over already nobody knows whose it was, so the browser remembers nobody's second step.
    """
    visit, gate = visit_of(request), gate_of(request)
    if visit.session is None:
        await forget_browser(request)
    if visit.session:
        async with writing(request, "sign_out") as tx:
            await end_sessions(
                tx,
                user_id=uuid.UUID(visit.session.account_id),
                session_id=uuid.UUID(visit.session.id),
            )
            await tx.audit("sign_out", kind="account")
    visit.set_cookies.append(gate.jar.drop(SESSION_COOKIE))
    return go(request, "/signed-out")


def _reminder(request: AnyRequest, account: Account) -> Reminder | None:
    return reminder(account.rule, enrolled=account.enrolled, at=door_of(request).clock())


async def _show(
    request: AnyRequest,
    form: Form[SignInForm],
    *,
    onward: Onward,
    status: int = 200,
    refused: str = "",
    wait_s: int = 0,
    who: str = "",
    locked: bool = False,
) -> Response[str]:
    people = await people_here(request)
    typed = form.values.get("email", "")
    return await page(
        request,
        "sign_in/sign_in.html",
        status=status,
        form=form,
        onward=onward,
        people=people,
        chosen=next((each for each in people if who == str(each.id) or typed == each.email), None),
        is_typed=bool(typed),
        locked=locked,
        refused=refused,
        wait_s=wait_s,
    )


SIGN_IN = Feature(
    name="sign_in",
    app="identity",
    no_api="Proving who one is is for browsers.",
    pages=(front, sign_in_page, sign_in, reminder_page, sign_out),
    templates=TEMPLATES,
    help=HELP,
)

LEAVING = Feature(
    name="sign_in", app="identity", pages=(front, sign_out), templates=TEMPLATES, help=HELP
)
"""What is left of it when another issuer signs people in."""
