"""Adding a second factor: an authenticator app or a security key, and codes for a lost device."""

import io
import uuid
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import msgspec
import segno
from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.accounts.public import (
    FULL,
    HWK,
    OTP,
    Account,
    has_second_factor,
    letter_repository,
    session_subject,
    stage_of,
)
from lmhg_gateway.features.sessions.public import end_sessions
from lmhg_gateway.features.sign_in.door import (
    Onward,
    account_of,
    door_of,
    onward_of,
    place_of_session,
    raise_session,
    session_of,
)
from lmhg_gateway.features.sign_in.factor_pages import KeyForm
from lmhg_gateway.features.sign_in.pages import HELP, TEMPLATES
from lmhg_gateway.web.stages import ENROL, IN_FULL
from lmhg_kit.errors import Invalid, NotFresh, TooMany
from lmhg_kit.feature import Feature, Permission
from lmhg_kit.http.access import gate_of, needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.persistence import Actor, WriteSession

AnyRequest = Request[Any, Any, Any]
ENROL_NEEDS, SECURITY = "identity.enrol", "identity.security"
QR_SCALE = 5


class NameForm(msgspec.Struct, frozen=True):
    """What the person calls the factor."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class FirstCodeForm(msgspec.Struct, frozen=True):
    """The first code of a new app."""

    code: Annotated[str, msgspec.Meta(min_length=6, max_length=9)]


@get("/enrol", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def enrol_page(request: AnyRequest) -> Response[str]:
    """Choose: an app or a key."""
    door, account = door_of(request), await account_of(request)
    return await page(
        request,
        "sign_in/enrol.html",
        onward=onward_of(query_of(request)),
        takes_keys=door.keys.party.takes_keys,
        stage=stage_of(session_of(request).roles),
        rule=account.rule if account.rule and account.rule <= door.clock() else None,
        form=start(NameForm, name="Authenticator app"),
    )


@post("/enrol/app", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def begin_app(request: AnyRequest) -> Response[Any]:
    """Make a secret; it counts after its first code."""
    _check_fresh(request)
    fields = await read_form(request)
    form = fill(NameForm, fields)
    name = form.data.name if form.data else "Authenticator app"
    account = await account_of(request)
    app_id = await door_of(request).codes.begin_app(account.id, name=name, alone=_is_alone(request))
    return go(request, f"/enrol/app/{app_id}{_onward(fields).query}")


@get("/enrol/app/{app_id:uuid}", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def app_page(request: AnyRequest, app_id: FromPath[uuid.UUID]) -> Response[str]:
    """The secret as a picture and as text, and a field for the first code."""
    _check_fresh(request)
    onward = onward_of(query_of(request))
    return await _show_app(request, app_id, start(FirstCodeForm), onward=onward)


@get("/enrol/app/{app_id:uuid}/qr.svg", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def app_picture(request: AnyRequest, app_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """The picture that the app reads; only before the first code, only for its person."""
    _check_fresh(request)
    door, account = door_of(request), await account_of(request)
    secret = await door.codes.app_secret(account.id, app_id)
    picture = io.BytesIO()
    code = segno.make(door.codes.app_address(secret, email=account.email), error="m")
    code.save(picture, kind="svg", scale=QR_SCALE, dark="#000", light="#fff")
    return Response(picture.getvalue(), media_type="image/svg+xml")


@post("/enrol/app/{app_id:uuid}", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def confirm_app(request: AnyRequest, app_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The first code: from now on the app counts, and this session has its second factor."""
    _check_fresh(request)
    fields = await read_form(request)
    onward, form = _onward(fields), fill(FirstCodeForm, fields)
    if form.data is None:
        return await _show_app(request, app_id, form, onward=onward, status=422)
    door, account = door_of(request), await account_of(request)
    try:
        await door.sign_in.admit_plain(session_subject(session_of(request).id))
    except TooMany as wait:
        form.refuse({"code": f"Too many attempts. Wait {wait.retry_after_s} seconds."})
        return await _show_app(request, app_id, form, onward=onward, status=429)
    async with _adding(request, account) as tx:
        alone, code = _is_alone(request), form.data.code
        right = await door.codes.confirm_app(tx, account.id, app_id, code, alone=alone)
        if right:
            await _end_others(request, tx, account)
    if not right:
        form.refuse({"code": "This is not the current code. Wait for the next one and try again."})
        return await _show_app(request, app_id, form, onward=onward, status=422)
    return await _added(request, account, method=OTP, onward=onward)


@get("/enrol/key", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def key_page(request: AnyRequest) -> Response[str]:
    """Ask the browser for a key."""
    _check_fresh(request)
    onward = onward_of(query_of(request))
    return await _show_key(request, start(NameForm, name="Security key"), onward=onward)


@post("/enrol/key", opt=needs(ENROL_NEEDS), include_in_schema=False)
async def add_key(request: AnyRequest) -> Response[Any]:
    """Keep the key that answered, under the name that its person gave it."""
    _check_fresh(request)
    fields = await read_form(request)
    onward, form, answer = _onward(fields), fill(NameForm, fields), fill(KeyForm, fields)
    form.errors.update(answer.errors)
    if form.data is None or answer.data is None:
        return await _show_key(request, form, onward=onward, status=422)
    door, account = door_of(request), await account_of(request)
    try:
        async with _adding(request, account) as tx:
            await door.keys.add_key(
                tx,
                account.id,
                answer.data.credential,
                name=form.data.name,
                session_hash=session_of(request).token_hash,
                alone=_is_alone(request),
            )
            await _end_others(request, tx, account)
    except Invalid:
        form.refuse({"name": "The key did not work. Please try again."})
        return await _show_key(request, form, onward=onward, status=422)
    return await _added(request, account, method=HWK, onward=onward)


@get("/security/codes", opt=needs(SECURITY), include_in_schema=False)
async def codes_page(request: AnyRequest) -> Response[str]:
    """How many recovery codes are left."""
    return await _show_codes(request, onward=onward_of(query_of(request)), fresh_codes=())


@post("/security/codes", opt=needs(SECURITY, fresh=True), include_in_schema=False)
async def make_codes(request: AnyRequest) -> Response[Any]:
    """Ten new ones, shown this once; the old ones are over."""
    fields = await read_form(request)
    door, account = door_of(request), await account_of(request)
    if not account.enrolled:
        return go(request, "/enrol")
    codes = await door.codes.make_codes(account.id)
    return await _show_codes(request, onward=_onward(fields), fresh_codes=tuple(codes))


def _check_fresh(request: AnyRequest) -> None:
    """Who is fully signed in proves it again before adding a factor. Raises: NotFresh."""
    session = session_of(request)
    if stage_of(session.roles) == FULL and not gate_of(request).is_fresh(session):
        raise NotFresh


def _is_alone(request: AnyRequest) -> bool:
    """Whether this person proved a password and nothing else."""
    return not has_second_factor(session_of(request).methods)


def _adding(request: AnyRequest, account: Account) -> AbstractAsyncContextManager[WriteSession]:
    return door_of(request).db.uow(Actor(str(account.id)), "factor.add")


async def _end_others(request: AnyRequest, tx: WriteSession, account: Account) -> None:
    """A factor is added: every session but this is over, half ones too, and the person is told.

    What came of this session is over as well: it knows of the password alone.
    """
    await end_sessions(
        tx, user_id=account.id, keep=uuid.UUID(session_of(request).id), keep_children=False
    )
    await letter_repository.ask(tx, account.id, purpose="notice_added")
    await tx.audit("factor.add", kind="account", ids=[account.id])


async def _added(
    request: AnyRequest, account: Account, *, method: str, onward: Onward
) -> Response[Any]:
    """A factor was added: the session rises, and the person gets codes."""
    door = door_of(request)
    place = place_of_session(request)
    await door.sign_in.succeed(account, method=method, place=place, act="factor.added")
    await raise_session(request, account, method=method)
    return go(request, f"/security/codes{onward.query}", notice="factor.added")


def _onward(fields: Any) -> Onward:  # noqa: ANN401 - the form's fields
    return onward_of({name: values[0] for name, values in fields.items()})


async def _show_app(
    request: AnyRequest,
    app_id: uuid.UUID,
    form: Form[FirstCodeForm],
    *,
    onward: Onward,
    status: int = 200,
) -> Response[str]:
    door, account = door_of(request), await account_of(request)
    secret = await door.codes.app_secret(account.id, app_id)
    groups = [secret[start_at : start_at + 4] for start_at in range(0, len(secret), 4)]
    return await page(
        request,
        "sign_in/enrol_app.html",
        status=status,
        app_id=app_id,
        secret=" ".join(groups),
        otpauth=door.codes.app_address(secret, email=account.email),
        form=form,
        onward=onward,
    )


async def _show_key(
    request: AnyRequest, form: Form[NameForm], *, onward: Onward, status: int = 200
) -> Response[str]:
    door, account = door_of(request), await account_of(request)
    options = await door.keys.ask_new_key(account, session_hash=session_of(request).token_hash)
    return await page(
        request,
        "sign_in/enrol_key.html",
        status=status,
        form=form,
        onward=onward,
        options=options,
        takes_keys=door.keys.party.takes_keys,
    )


async def _show_codes(
    request: AnyRequest, *, onward: Onward, fresh_codes: tuple[str, ...]
) -> Response[str]:
    door, account = door_of(request), await account_of(request)
    return await page(
        request,
        "sign_in/codes.html",
        onward=onward,
        codes=fresh_codes,
        left=await door.factors.codes_left(account.id),
        enrolled=account.enrolled,
    )


ENROLMENT = Feature(
    name="enrolment",
    app="identity",
    pages=(
        enrol_page,
        begin_app,
        app_page,
        app_picture,
        confirm_app,
        key_page,
        add_key,
        codes_page,
        make_codes,
    ),
    messages={
        "factors_full": "You already have ten sign-in methods. Remove one first.",
        "key_known": "This security key is already in use, by you or a colleague.",
        "last_factor": "This is your last two-step sign-in method, and your role needs one. Add another first.",
    },
    notices={"factor.added": "Two-step sign-in added."},
    templates=TEMPLATES,
    help=HELP,
    permissions=(Permission(name="identity.enrol", roles=IN_FULL | {ENROL}),),
)
