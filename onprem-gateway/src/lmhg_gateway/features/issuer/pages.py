"""The issuer's pages: the authorization request, consent, and sign-out from everywhere."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from authlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    InvalidRequestError,
    OAuth2Error,
)
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError
from litestar import Request, Response, get, post
from litestar.response import Redirect

from lmhg_gateway.features.issuer import rules, service
from lmhg_gateway.features.issuer.again import asked_at, forget_asked, remember_asked
from lmhg_gateway.features.issuer.client_proof import is_name, issuer_of, parse
from lmhg_gateway.features.issuer.endpoints import ENDPOINTS, full_session
from lmhg_gateway.features.issuer.logout import LOGOUT_PAGES
from lmhg_gateway.features.issuer.reading import ACTOR, read_hint
from lmhg_gateway.features.issuer.rules import Unusable, Wanted
from lmhg_gateway.features.oauth_clients.public import (
    IDENTITY_SCOPES,
    RegisteredClient,
    form_sources,
    registered,
)
from lmhg_gateway.features.sign_in.public import sign_in_url
from lmhg_gateway.features.tokens.public import repository
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import public
from lmhg_kit.http.forms import read_form
from lmhg_kit.http.headers import content_policy
from lmhg_kit.http.origins import origin_of
from lmhg_kit.http.page import page
from lmhg_kit.http.session import Session
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of
from lmhg_kit.persistence import Actor

AnyRequest = Request[Any, Any, Any]
PATH = "/oauth/authorize"


@get(PATH, opt=public(), include_in_schema=False)
async def authorize(request: AnyRequest) -> Response[Any]:
    """Sign in, ask for consent, or go back to the client with a code or a refusal."""
    return await _decide(request, request.scope["query_string"], decision=None)


@post("/oauth/consent", opt=public(), include_in_schema=False)
async def consent(request: AnyRequest) -> Response[Any]:
    """The person's answer; the request is read and judged again."""
    fields = await read_form(request)
    raw = next(iter(fields.get("request", [])), "")
    decision = next(iter(fields.get("decision", [])), "deny")
    return await _decide(request, raw.encode("utf-8", "replace"), decision=decision)


async def _decide(request: AnyRequest, raw: bytes, *, decision: str | None) -> Response[Any]:
    try:
        fields = parse(raw)
    except OAuth2Error:
        return await _unusable(request, "request_unreadable")
    name = next(iter(fields.get("client_id", [])), "")
    async with database_of(request).read(ACTOR, "oauth.authorize") as tx:
        at = issuer_of(request).clock()
        client = await registered(tx, name, at=at) if is_name(name) else None
    try:
        address = rules.find_address(fields, client)
    except Unusable as refused:
        return await _unusable(request, refused.code)
    if client is None:
        return await _unusable(request, "client_unknown")
    state = next(iter(fields.get("state", [])), "") if len(fields.get("state", [])) < 2 else ""
    try:
        wanted = rules.read_request(fields, client, known=issuer_of(request).scopes)
        return await _go_on(request, client, wanted, raw=raw, decision=decision)
    except OAuth2Error as failure:
        return _back(request, address, rules.error_answer(failure, state))


async def _go_on(
    request: AnyRequest,
    client: RegisteredClient,
    wanted: Wanted,
    *,
    raw: bytes,
    decision: str | None,
) -> Response[Any]:
    """The next step of a request that keeps all the rules. Raises: OAuth2Error."""
    session, at = full_session(request), issuer_of(request).clock()
    await _check_hint(request, wanted, session)
    asked = asked_at(request, parse(raw), now=at)
    if session is None or rules.must_sign_in(
        wanted, session.authenticated_at or session.created_at, now=at, asked_at=asked
    ):
        if "none" in wanted.prompt:
            raise LoginRequiredError
        return _to_sign_in(request, raw, at=at, again=session is not None)
    user_id = uuid.UUID(session.account_id)
    async with database_of(request).read(ACTOR, "oauth.authorize") as tx:
        allowed = await repository.allowed_scopes(tx, user_id, client.id)
    if decision is None and rules.must_consent(wanted, client, allowed):
        if "none" in wanted.prompt:
            raise ConsentRequiredError
        return await _ask(request, client, wanted, raw=raw)
    if decision not in {None, "allow"}:
        raise AccessDeniedError
    return await _give(request, client, session, wanted, consented=decision == "allow")


async def _check_hint(request: AnyRequest, wanted: Wanted, session: Session | None) -> None:
    """Nobody else than the person whom the client means is vouched for. Raises: OAuth2Error."""
    if not wanted.hint:
        return
    async with database_of(request).read(ACTOR, "oauth.authorize") as tx:
        try:
            meant = await read_hint(tx, wanted.hint, issuer=issuer_of(request).url)
        except NotSignedIn:
            raise InvalidRequestError("The id_token_hint is not ours.") from None
    if session is not None and meant.get("sub") != session.account_id:
        raise LoginRequiredError


async def _give(
    request: AnyRequest,
    client: RegisteredClient,
    session: Session,
    wanted: Wanted,
    *,
    consented: bool,
) -> Response[Any]:
    visit, at = visit_of(request), issuer_of(request).clock()
    user_id = uuid.UUID(session.account_id)
    async with database_of(request).uow(
        Actor(session.account_id), "oauth.authorize", zone=visit.zone, request_id=visit.request_id
    ) as tx:
        if consented:
            before = await repository.allowed_scopes(tx, user_id, client.id)
            scopes = sorted(before | wanted.scopes)
            await repository.put_consent(tx, user_id, client.id, scopes=scopes, at=at)
        code = await service.issue_code(tx, client, session, wanted, at=at)
    forget_asked(request)
    answer = {"code": code, "state": wanted.state}
    return _back(request, wanted.redirect_uri, {k: v for k, v in answer.items() if v})


def _back(request: AnyRequest, address: str, answer: Mapping[str, str]) -> Response[Any]:
    """To the client, saying who answers."""
    target = rules.answer_url(address, answer, issuer=issuer_of(request).url)
    return Redirect(target, status_code=303)


def _to_sign_in(request: AnyRequest, raw: bytes, *, at: datetime, again: bool) -> Response[Any]:
    """To the form; it comes back here, and then the sign-in is younger than `at`."""
    fields = parse(raw)
    remember_asked(request, fields, at=at)
    target = rules.with_query(PATH, {name: values[0] for name, values in fields.items()})
    return Redirect(sign_in_url(target, again=again), status_code=303)


async def _ask(
    request: AnyRequest, client: RegisteredClient, wanted: Wanted, *, raw: bytes
) -> Response[Any]:
    policy = content_policy(form_origins=form_sources([wanted.redirect_uri]))
    return await page(
        request,
        "issuer/consent.html",
        headers={"content-security-policy": policy},
        client=client.name,
        origin=origin_of(wanted.redirect_uri),
        allows=[text for scope, text in IDENTITY_SCOPES.items() if scope in wanted.scopes],
        request_text=raw.decode("ascii"),
    )


async def _unusable(request: AnyRequest, code: str) -> Response[Any]:
    return await page(request, "issuer/unusable.html", status=400, code=code)


ISSUER = Feature(
    name="issuer",
    app="identity",
    no_api="Its endpoints are OpenID Connect's: docs/reference/identity.openapi.json.",
    pages=(*ENDPOINTS, authorize, consent, *LOGOUT_PAGES),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
