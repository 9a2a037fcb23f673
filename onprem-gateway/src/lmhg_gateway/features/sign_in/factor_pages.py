"""The second step of sign-in, and the confirmation that it is still the same person."""

import re
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post

from lmhg_gateway.features.accounts.public import (
    HWK,
    MAX_LENGTH,
    OTP,
    PWD,
    RC,
    Account,
    account_subject,
    factor_subject,
    letter_repository,
)
from lmhg_gateway.features.factors.public import CREDENTIAL_MAX
from lmhg_gateway.features.sign_in.door import (
    Onward,
    account_of,
    door_of,
    leave,
    onward_of,
    place_of_session,
    raise_session,
    session_of,
)
from lmhg_gateway.features.sign_in.pages import HELP, TEMPLATES
from lmhg_gateway.web.stages import PASSWORD
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.feature import Feature, Permission
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import page
from lmhg_kit.persistence import Actor

AnyRequest = Request[Any, Any, Any]
SECOND, CONFIRM = "identity.second_factor", "identity.security"
SIGNED_IN, CONFIRMED = "sign_in", "confirmed"
_DIGITS = re.compile(r"[\d\s]{6,9}")


class CodeForm(msgspec.Struct, frozen=True):
    """A code of an app, or a recovery code."""

    code: Annotated[str, msgspec.Meta(min_length=6, max_length=40)]
    keep: bool = False
    """This browser remembers it for some hours."""


class ConfirmForm(msgspec.Struct, frozen=True):
    """The password again, and a code for those who have a second factor."""

    password: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LENGTH)]
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""


class KeyForm(msgspec.Struct, frozen=True):
    """What a security key answered, put there by our script."""

    credential: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=CREDENTIAL_MAX,
            extra={"say": "Security keys need JavaScript, and it did not run."},
        ),
    ]
    keep: bool = False
    """This browser remembers it for some hours, where it is the second step of a sign-in."""


@get("/second-factor", opt=needs(SECOND), include_in_schema=False)
async def second_factor_page(request: AnyRequest) -> Response[str]:
    """Ask for a code or a key."""
    return await _ask(request, start(CodeForm), onward=onward_of(query_of(request)))


@post("/second-factor", opt=needs(SECOND), include_in_schema=False)
async def second_factor(request: AnyRequest) -> Response[Any]:
    """Check a code; each opens once."""
    fields = await read_form(request)
    onward, form = _onward(fields), fill(CodeForm, fields)
    if form.data is None:
        return await _ask(request, form, onward=onward, status=422)
    try:
        account = await account_of(request)
        method = await prove_code(request, account, form.data.code)
        token = await raise_session(request, account, method=method, keep=form.data.keep)
    except (NotSignedIn, TooMany) as refused:
        return await _ask(request, form, onward=onward, why=refused)
    return await leave(request, onward, token=token)


@post("/second-factor/key", opt=needs(SECOND), include_in_schema=False)
async def second_factor_key(request: AnyRequest) -> Response[Any]:
    """Check what a security key answered."""
    fields = await read_form(request)
    onward, form = _onward(fields), fill(KeyForm, fields)
    if form.data is None:
        return await _ask(request, form, onward=onward, status=422)
    try:
        account = await account_of(request)
        await prove_key(request, account, form.data.credential)
        token = await raise_session(request, account, method=HWK, keep=form.data.keep)
    except (NotSignedIn, TooMany) as refused:
        return await _ask(request, form, onward=onward, why=refused)
    return await leave(request, onward, token=token)


@get("/confirm", opt=needs(CONFIRM), include_in_schema=False)
async def confirm_page(request: AnyRequest) -> Response[str]:
    """Ask a signed-in person to prove again who they are."""
    return await _confirm(request, start(ConfirmForm), onward=onward_of(query_of(request)))


@post("/confirm", opt=needs(CONFIRM), include_in_schema=False)
async def confirm(request: AnyRequest) -> Response[Any]:
    """Check the password, and a code where there is a second factor; a new secret follows."""
    fields = await read_form(request)
    onward, form = _onward(fields), fill(ConfirmForm, fields)
    account = await account_of(request)
    if form.data is not None and account.enrolled and not form.data.code:
        form.refuse({"code": "Fill this in."})
    if form.data is None:
        return await _confirm(request, form, onward=onward, status=422)
    try:
        await _prove_password(request, account, form.data.password)
        method = PWD
        if account.enrolled:
            method = await prove_code(request, account, form.data.code, act=CONFIRMED)
        else:
            place = place_of_session(request)
            sign_in = door_of(request).sign_in
            await sign_in.succeed(account, method=PWD, place=place, act=CONFIRMED)
        token = await raise_session(request, account, method=method)
    except (NotSignedIn, TooMany) as refused:
        return await _confirm(request, form, onward=onward, why=refused)
    return await leave(request, onward, token=token)


@post("/confirm/key", opt=needs(CONFIRM), include_in_schema=False)
async def confirm_key(request: AnyRequest) -> Response[Any]:
    """Check a security key: it proves the person by itself, because it verifies them."""
    fields = await read_form(request)
    onward, form = _onward(fields), fill(KeyForm, fields)
    if form.data is None:
        return await _confirm(request, form, onward=onward, status=422)
    try:
        account = await account_of(request)
        await prove_key(request, account, form.data.credential, act=CONFIRMED)
        token = await raise_session(request, account, method=HWK)
    except (NotSignedIn, TooMany) as refused:
        return await _confirm(request, form, onward=onward, why=refused)
    return await leave(request, onward, token=token)


async def prove_code(
    request: AnyRequest, account: Account, code: str, *, act: str = SIGNED_IN
) -> str:
    """How this code proves the person. Raises: NotSignedIn, TooMany."""
    door, place = door_of(request), place_of_session(request)
    stranger = factor_subject(account.id)
    attempt = await door.sign_in.admit(stranger, email=account.email, place=place)
    if _DIGITS.fullmatch(code):
        method, right = OTP, await door.codes.check_code(account.id, code)
    else:
        method, right = RC, await door.codes.use_recovery_code(account.id, code)
    if not right:
        await door.sign_in.refuse(account, attempt, method=method, place=place)
    if method == RC:
        async with door.db.uow(Actor(str(account.id)), "recovery_code.use") as tx:
            await letter_repository.ask(tx, account.id, purpose="notice_recovery")
    await door.sign_in.succeed(account, method=method, place=place, act=act)
    return method


async def prove_key(
    request: AnyRequest, account: Account, credential: str, *, act: str = SIGNED_IN
) -> None:
    """Accept a key's answer. Raises: NotSignedIn, TooMany."""
    door, place = door_of(request), place_of_session(request)
    stranger = factor_subject(account.id)
    attempt = await door.sign_in.admit(stranger, email=account.email, place=place)
    session_hash = session_of(request).token_hash
    if not await door.keys.check_key(account.id, credential, session_hash=session_hash):
        await door.sign_in.refuse(account, attempt, method=HWK, place=place)
    await door.sign_in.succeed(account, method=HWK, place=place, act=act)


async def _prove_password(request: AnyRequest, account: Account, password: str) -> None:
    door, place = door_of(request), place_of_session(request)
    stranger = account_subject(account.email)
    attempt = await door.sign_in.admit(stranger, email=account.email, place=place)
    if not await door.sign_in.passwords.matches(account.password_hash, password):
        await door.sign_in.refuse(account, attempt, method=PWD, place=place)
    await door.sign_in.attempts.right(attempt, at=door.clock())


def _onward(fields: Any) -> Onward:  # noqa: ANN401 - the form's fields
    return onward_of({name: values[0] for name, values in fields.items()})


async def _ask(
    request: AnyRequest,
    form: Form[Any],
    *,
    onward: Onward,
    status: int = 200,
    why: Exception | None = None,
) -> Response[str]:
    return await _render(
        request, "sign_in/second_factor.html", form, onward=onward, status=status, why=why
    )


async def _confirm(
    request: AnyRequest,
    form: Form[Any],
    *,
    onward: Onward,
    status: int = 200,
    why: Exception | None = None,
) -> Response[str]:
    return await _render(
        request, "sign_in/confirm.html", form, onward=onward, status=status, why=why
    )


async def _render(
    request: AnyRequest,
    template: str,
    form: Form[Any],
    *,
    onward: Onward,
    status: int,
    why: Exception | None,
) -> Response[str]:
    door, account = door_of(request), await account_of(request)
    options = None
    if door.keys.party.takes_keys:
        session_hash = session_of(request).token_hash
        options = await door.keys.ask_key(account.id, session_hash=session_hash)
    wait_s = why.retry_after_s if isinstance(why, TooMany) else 0
    if why is not None:
        status = 429 if wait_s else 401
    return await page(
        request,
        template,
        status=status,
        form=form,
        onward=onward,
        options=options,
        has_app=bool(await door.factors.apps(account.id)),
        enrolled=account.enrolled,
        remembers_h=door.remembers // timedelta(hours=1),
        refused=("wait" if wait_s else "wrong") if why is not None else "",
        wait_s=wait_s,
    )


SECOND_FACTOR = Feature(
    name="second_factor",
    app="identity",
    pages=(
        second_factor_page,
        second_factor,
        second_factor_key,
        confirm_page,
        confirm,
        confirm_key,
    ),
    templates=TEMPLATES,
    help=HELP,
    permissions=(Permission(name="identity.second_factor", roles=frozenset({PASSWORD})),),
)
