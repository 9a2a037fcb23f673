"""Sign-out that a relying party begins (OpenID Connect RP-initiated logout)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import OAuth2Error
from litestar import Request, Response, get, post
from litestar.response import Redirect

from lmhg_gateway.features.issuer import rules
from lmhg_gateway.features.issuer.client_proof import is_name, issuer_of, parse
from lmhg_gateway.features.issuer.endpoints import full_session
from lmhg_gateway.features.issuer.reading import ACTOR, read_hint
from lmhg_gateway.features.oauth_clients.public import RegisteredClient, form_sources, registered
from lmhg_gateway.features.sessions.public import end_sessions
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.access import SESSION_COOKIE, gate_of, public
from lmhg_kit.http.forms import read_form
from lmhg_kit.http.headers import content_policy
from lmhg_kit.http.page import page
from lmhg_kit.http.session import Session
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of
from lmhg_kit.persistence import Actor

AnyRequest = Request[Any, Any, Any]
PATH = "/oauth/logout"


class Refused(Exception):
    """The request cannot be honoured. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Leave:
    """A logout request that was understood."""

    client: RegisteredClient | None
    target: str
    """Where to go afterwards; empty for our own page."""
    hint: Mapping[str, Any] | None


@get(PATH, opt=public(), include_in_schema=False)
async def leave(request: AnyRequest) -> Response[Any]:
    """End the session that the hint names; without one, ask."""
    raw = request.scope["query_string"]
    try:
        wanted = await _read(request, raw)
    except Refused as refused:
        return await page(request, "issuer/unusable.html", status=400, code=refused.code)
    session = full_session(request)
    if session is None:
        return await _left(request, wanted)
    if wanted.hint and is_hint_of(wanted.hint, session):
        await _end(request, session)
        return await _left(request, wanted)
    origins = form_sources([wanted.target]) if wanted.target else ()
    return await page(
        request,
        "issuer/leave.html",
        headers={"content-security-policy": content_policy(form_origins=origins)},
        client=wanted.client.name if wanted.client else "",
        request_text=raw.decode("ascii"),
    )


@post("/oauth/logout/confirm", opt=public(), include_in_schema=False)
async def confirm(request: AnyRequest) -> Response[Any]:
    """The person said yes."""
    text = next(iter((await read_form(request)).get("request", [])), "")
    try:
        wanted = await _read(request, text.encode("utf-8", "replace"))
    except Refused as refused:
        return await page(request, "issuer/unusable.html", status=400, code=refused.code)
    session = full_session(request)
    if session is not None:
        await _end(request, session)
    return await _left(request, wanted)


def is_hint_of(hint: Mapping[str, Any], session: Session) -> bool:
    """Whether the ID token speaks of this very session."""
    return hint.get("sub") == session.account_id and hint.get("sid") == session.id


async def _read(request: AnyRequest, raw: bytes) -> Leave:
    """The request, with an address that is registered for its client. Raises: Refused."""
    try:
        given = rules.single(parse(raw))
    except OAuth2Error:
        raise Refused("request_unreadable") from None
    issuer = issuer_of(request)
    async with database_of(request).read(ACTOR, "oauth.logout") as tx:
        hint = None
        if "id_token_hint" in given:
            try:
                hint = await read_hint(tx, given["id_token_hint"], issuer=issuer.url)
            except NotSignedIn:
                raise Refused("hint") from None
        name = given.get("client_id") or str(hint["aud"] if hint else "")
        if hint and hint["aud"] != name:
            raise Refused("client_unknown")
        client = await registered(tx, name, at=issuer.clock()) if is_name(name) else None
    target = given.get("post_logout_redirect_uri", "")
    if target:
        if client is None or not client.active or not is_registered_target(client, target):
            raise Refused("logout_address")
        if len(given.get("state", "")) > rules.MAX_STATE:
            raise Refused("state_long")
        if given.get("state"):
            target = rules.with_query(target, {"state": given["state"]})
    return Leave(client, target, hint)


def is_registered_target(client: RegisteredClient, target: str) -> bool:
    """Whether this is, letter for letter, a registered address for after sign-out."""
    return target in client.post_logout_uris


async def _end(request: AnyRequest, session: Session) -> None:
    visit = visit_of(request)
    async with database_of(request).uow(
        Actor(session.account_id), "sign_out", zone=visit.zone, request_id=visit.request_id
    ) as tx:
        await tx.audit("sign_out", kind="account")
        await end_sessions(
            tx, user_id=uuid.UUID(session.account_id), session_id=uuid.UUID(session.id)
        )
    visit.session = None
    visit.set_cookies.append(gate_of(request).jar.drop(SESSION_COOKIE))


async def _left(request: AnyRequest, wanted: Leave) -> Response[Any]:
    if wanted.target:
        return Redirect(wanted.target, status_code=303)
    return await page(request, "issuer/left.html")


LOGOUT_PAGES = (leave, confirm)
