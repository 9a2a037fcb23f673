"""Answers to Hydra's three questions: who is it, what may the client have, shall they leave?

Nothing of a challenge is kept here. Each page asks Hydra again, so a stale or foreign challenge
ends in Hydra's own answer.
"""

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post

from lmhg_gateway.adapters.hydra import AlreadyAnswered, ConsentRequest, Hydra, Step
from lmhg_gateway.adapters.kratos import Kratos
from lmhg_gateway.features.hydra.rules import id_token_claims, scope_sentences
from lmhg_gateway.features.oauth_clients.public import registered
from lmhg_gateway.features.sessions.public import end_sessions
from lmhg_gateway.features.sign_in.public import Person, current_person, person_by_id, sign_in_url
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import SESSION_COOKIE, gate_of, public
from lmhg_kit.http.forms import fill, query_of, read_form
from lmhg_kit.http.page import go, page
from lmhg_kit.http.state import Key
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of, writing
from lmhg_kit.persistence import Actor

HYDRA_HERE: Key[Hydra] = Key("hydra")
KRATOS_HERE: Key[Kratos | None] = Key("kratos")
OWN_URL: Key[str] = Key("own_url")
AnyRequest = Request[Any, Any, Any]
ACTOR = Actor("process: hydra")


class Answer(msgspec.Struct, frozen=True):
    """What the person decided, and about which challenge."""

    challenge: str
    answer: str = "no"


def hydra_of(request: AnyRequest) -> Hydra:
    """The Hydra of this process."""
    return HYDRA_HERE.of(request)


def kratos_of(request: AnyRequest) -> Kratos | None:
    """The Kratos of this process, when accounts live there."""
    return KRATOS_HERE.of(request)


@get("/hydra/login", opt=public(), include_in_schema=False)
async def login(request: AnyRequest) -> Response[Any]:
    """Say who it is; people who are not signed in here sign in first."""
    challenge = query_of(request).get("login_challenge", "")
    hydra = hydra_of(request)
    try:
        asked = await hydra.login_request(challenge)
    except AlreadyAnswered as done:
        return go(request, done.redirect_to)
    if await _is_disabled(request, asked.client.client_id):
        return go(request, await hydra.reject("login", challenge, error="unauthorized_client"))
    person = await _person(request, back=_path("login", challenge))
    if isinstance(person, str):
        return go(request, person)
    if asked.skip and asked.subject != str(person.id):
        target = await hydra.reject("login", challenge, error="login_required")
        return go(request, target)
    target = await hydra.accept_login(
        challenge,
        subject=str(person.id),
        session_id=str(person.session_id),
        methods=sorted(person.methods),
    )
    return go(request, target)


@get("/hydra/consent", opt=public(), include_in_schema=False)
async def consent_page(request: AnyRequest) -> Response[Any]:
    """Ask the person, unless Hydra or the client's registration says that it is settled."""
    challenge = query_of(request).get("consent_challenge", "")
    try:
        asked = await hydra_of(request).consent_request(challenge)
    except AlreadyAnswered as done:
        return go(request, done.redirect_to)
    person = await _person(request, back=_path("consent", challenge))
    if isinstance(person, str):
        return go(request, person)
    disabled = await _is_disabled(request, asked.client.client_id)
    if disabled or asked.subject != str(person.id):
        target = await hydra_of(request).reject("consent", challenge, error="access_denied")
        return go(request, target)
    if asked.skip or asked.client.skip_consent:
        return go(request, await _grant(request, asked, person))
    return await page(
        request,
        "hydra/consent.html",
        challenge=challenge,
        client=asked.client.client_name or asked.client.client_id,
        wishes=scope_sentences(asked.requested_scope or ()),
    )


@post("/hydra/consent", opt=public(), include_in_schema=False)
async def consent(request: AnyRequest) -> Response[Any]:
    """Carry the person's answer to Hydra."""
    given = fill(Answer, await read_form(request)).result()
    hydra = hydra_of(request)
    try:
        asked = await hydra.consent_request(given.challenge)
    except AlreadyAnswered as done:
        return go(request, done.redirect_to)
    person = await _person(request, back=_path("consent", given.challenge))
    if isinstance(person, str):
        return go(request, person)
    disabled = await _is_disabled(request, asked.client.client_id)
    if disabled or given.answer != "yes" or asked.subject != str(person.id):
        target = await hydra.reject("consent", given.challenge, error="access_denied")
        return go(request, target)
    return go(request, await _grant(request, asked, person))


@get("/hydra/logout", opt=public(), include_in_schema=False)
async def logout_page(request: AnyRequest) -> Response[Any]:
    """Ask before anybody is signed out: a link alone must not do it."""
    challenge = query_of(request).get("logout_challenge", "")
    try:
        asked = await hydra_of(request).logout_request(challenge)
    except AlreadyAnswered as done:
        return go(request, done.redirect_to)
    name = (asked.client.client_name or asked.client.client_id) if asked.client else ""
    return await page(request, "hydra/logout.html", challenge=challenge, client=name)


@post("/hydra/logout", opt=public(), include_in_schema=False)
async def logout(request: AnyRequest) -> Response[Any]:
    """Sign out here and at Hydra, or stay."""
    given = fill(Answer, await read_form(request)).result()
    hydra = hydra_of(request)
    try:
        await hydra.logout_request(given.challenge)
        if given.answer != "yes":
            await hydra.reject("logout", given.challenge, error="access_denied")
            return go(request, "/")
        target = await hydra.accept_logout(given.challenge)
    except AlreadyAnswered as done:
        return go(request, done.redirect_to)
    await _end_here(request)
    return go(request, target)


async def _person(request: AnyRequest, *, back: str) -> Person | str:
    """Who is signed in here, or where to go to sign in."""
    kratos = kratos_of(request)
    if kratos is not None:
        return await _person_of_kratos(request, kratos, back=back)
    try:
        return await current_person(request)
    except NotSignedIn:
        return sign_in_url(back)


async def _person_of_kratos(request: AnyRequest, kratos: Kratos, *, back: str) -> Person | str:
    found = await kratos.whoami(request.headers.get("cookie", ""))
    own = OWN_URL.of(request).rstrip("/") + back
    if isinstance(found, str):
        return kratos.sign_in_url(own, second_factor=found == "one_factor")
    person = await person_by_id(request, found.identity.external_id)
    if person is None:
        return kratos.sign_in_url(own)
    methods = frozenset(each.method for each in found.authentication_methods)
    return replace(person, session_id=uuid.UUID(found.id), methods=methods)


async def _is_disabled(request: AnyRequest, client_id: str) -> bool:
    """Whether an administrator has disabled this client; Hydra may not have heard it yet."""
    async with database_of(request).read(ACTOR, "hydra.client") as tx:
        known = await registered(tx, client_id, at=utc_now())
    return known is not None and not known.active


async def _end_here(request: AnyRequest) -> None:
    """End this browser's own sign-in, if it has one."""
    visit, gate = visit_of(request), gate_of(request)
    if visit.session is None:
        return
    async with writing(request, "sign_out") as tx:
        await end_sessions(
            tx,
            user_id=uuid.UUID(visit.session.account_id),
            session_id=uuid.UUID(visit.session.id),
        )
    visit.set_cookies.append(gate.jar.drop(SESSION_COOKIE))


async def _grant(request: AnyRequest, asked: ConsentRequest, person: Person) -> str:
    scopes = asked.requested_scope or []
    claims = id_token_claims(scopes, name=person.display_name, email=person.email)
    return await hydra_of(request).accept_consent(
        asked, scopes=scopes, claims=claims, remember=True
    )


def _path(step: Step, challenge: str) -> str:
    return f"/hydra/{step}?{urlencode({f'{step}_challenge': challenge})}"


HYDRA = Feature(
    name="hydra",
    app="identity",
    pages=(login, consent_page, consent, logout_page, logout),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
