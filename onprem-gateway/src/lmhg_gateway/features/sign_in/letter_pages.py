"""Without being signed in: a link by mail, and the password that is chosen behind it."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post

from lmhg_gateway.features.accounts.public import (
    ALONE_MIN,
    BESIDE_MIN,
    INVITE,
    MAX_LENGTH,
    OPENING,
    RESET,
    Account,
    Opened,
    Verdict,
    forget_browsers,
    judged_subject,
    letter_repository,
    set_password,
)
from lmhg_gateway.features.sessions.public import end_sessions, is_token
from lmhg_gateway.features.sign_in.door import door_of, place_of_visit
from lmhg_gateway.features.sign_in.pages import HELP, TEMPLATES
from lmhg_kit.errors import TooMany
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import public
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.session import hash_token
from lmhg_kit.persistence import Actor

AnyRequest = Request[Any, Any, Any]


class ForgotForm(msgspec.Struct, frozen=True):
    """Where the mail would go."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]


class PasswordForm(msgspec.Struct, frozen=True):
    """A password that is to be."""

    password: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LENGTH)]
    check: str = ""


@get("/forgot", opt=public(), include_in_schema=False)
async def forgot_page(request: AnyRequest) -> Response[str]:
    """Ask for the address."""
    return await _show_forgot(request, start(ForgotForm))


@post("/forgot", opt=public(), include_in_schema=False)
async def forgot(request: AnyRequest) -> Response[str]:
    """Take the request down. The answer is the same whether anybody has this address or not."""
    form = fill(ForgotForm, await read_form(request))
    if form.data is None:
        return await _show_forgot(request, form, status=422)
    door, email = door_of(request), form.data.email.strip().lower()
    try:
        await door.sign_in.admit_reset(email, place=place_of_visit(request))
    except TooMany as wait:
        form.refuse({"email": f"Too many requests. Wait {wait.retry_after_s} seconds."})
        return await _show_forgot(request, form, status=429)
    await letter_repository.ask_by_email(door.db, email, purpose=RESET)
    return await _show_forgot(request, form, asked=True)


@get("/letter", opt=public(), include_in_schema=False)
async def letter_page(request: AnyRequest) -> Response[str]:
    """The page behind a mailed link. Looking at it uses nothing up."""
    return await _show_letter(request, query_of(request).get("token", ""), start(PasswordForm))


@post("/letter", opt=public(), include_in_schema=False)
async def letter(request: AnyRequest) -> Response[Any]:
    """Keep the chosen password: the link is used up, and every session of the account ends."""
    fields = await read_form(request)
    token = next(iter(fields.get("token", [])), "")
    opened = await _opened(request, token)
    form = fill(PasswordForm, fields)
    if opened is None or form.data is None:
        return await _show_letter(request, token, form, status=422)
    account = await door_of(request).accounts.by_id(opened.user_id)
    try:
        verdict = await verdict_on(request, account, form.data.password)
    except TooMany as wait:
        form.refuse({"password": later(wait)})
        return await _show_letter(request, token, form, status=429)
    if form.data.check:
        return await _show_letter(request, token, form, verdict=verdict)
    if verdict.refused:
        form.refuse({"password": verdict.refused})
        return await _show_letter(request, token, form, status=422, verdict=verdict)
    fresh = await door_of(request).sign_in.passwords.hash(form.data.password)
    if not await _keep(request, opened, fresh):
        return await _show_letter(request, token, form, status=422)
    return go(request, "/sign-in", notice="password.set")


async def _keep(request: AnyRequest, opened: Opened, password_hash: str) -> bool:
    actor, user_id = Actor(str(opened.user_id)), opened.user_id
    async with door_of(request).db.uow(actor, f"password.{opened.purpose}") as tx:
        if not await letter_repository.use(tx, opened):
            return False
        await set_password(tx, user_id, password_hash)
        await end_sessions(tx, user_id=user_id)
        await forget_browsers(tx, user_id)
        if opened.purpose == RESET:
            await letter_repository.ask(tx, user_id, purpose="notice_password")
        await tx.audit(f"password.{opened.purpose}", kind="account", ids=[user_id])
    return True


async def verdict_on(request: AnyRequest, account: Account | None, password: str) -> Verdict:
    """What is thought of a password for this person, here. Raises: TooMany."""
    door = door_of(request)
    known = [door.practice]
    if account is not None:
        known += [account.display_name, account.email]
        await door.sign_in.admit_plain(judged_subject(str(account.id)))
    beside = account is not None and account.enrolled
    return await door.judging.verdict(password, known=known, beside_factor=beside)


def later(wait: TooMany) -> str:
    """What someone is told whose password is not judged now."""
    return f"We can't check this right now. Wait {wait.retry_after_s} seconds, then try again."


async def _opened(request: AnyRequest, token: str) -> Opened | None:
    door = door_of(request)
    if not is_token(token):
        return None
    return await letter_repository.find(
        door.db, hash_token(token), purposes=OPENING, at=door.clock()
    )


async def _show_forgot(
    request: AnyRequest, form: Form[ForgotForm], *, status: int = 200, asked: bool = False
) -> Response[str]:
    return await page(request, "sign_in/forgot.html", status=status, form=form, asked=asked)


async def _show_letter(
    request: AnyRequest,
    token: str,
    form: Form[PasswordForm],
    *,
    status: int = 200,
    verdict: Verdict | None = None,
) -> Response[str]:
    opened = await _opened(request, token)
    if opened is None:
        return await page(request, "sign_in/letter_over.html", status=410)
    account = await door_of(request).accounts.by_id(opened.user_id)
    beside = account is not None and account.enrolled
    return await page(
        request,
        "sign_in/letter.html",
        status=status,
        form=form,
        token=token,
        is_invitation=opened.purpose == INVITE,
        email=account.email if account else "",
        least=BESIDE_MIN if beside else ALONE_MIN,
        verdict=verdict,
    )


LETTERS = Feature(
    name="letters",
    app="identity",
    pages=(forgot_page, forgot, letter_page, letter),
    notices={"password.set": "Password saved. Sign in with it now."},
    templates=TEMPLATES,
    help=HELP,
)
