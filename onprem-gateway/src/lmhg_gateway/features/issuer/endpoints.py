"""The issuer's endpoints for programs: key set, tokens, userinfo, revocation, introspection."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error
from litestar import Request, Response, get, post
from litestar.response import Redirect

from lmhg_gateway.features.issuer import discovery, reading, rules, service
from lmhg_gateway.features.issuer.client_proof import authenticate, issuer_of, read_body
from lmhg_gateway.features.tokens.public import keys
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.access import machine
from lmhg_kit.http.session import Session
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of

AnyRequest = Request[Any, Any, Any]
JSON = "application/json"
_CACHED = {"cache-control": f"public, max-age={keys.JWKS_MAX_AGE_S}"}
_NO_CACHE = {"cache-control": "no-store", "pragma": "no-cache"}
MAX_REQUEST = 8000
FULL = "stage:full"
"""The role that a complete sign-in has in the identity process."""


def full_session(request: AnyRequest) -> Session | None:
    """The session of someone who signed in completely, with every factor that is asked of them."""
    session = visit_of(request).session
    return session if session and FULL in session.roles else None


def told(body: Mapping[str, Any], *, headers: Mapping[str, str] = _NO_CACHE) -> Response[Any]:
    """An answer to a program."""
    return Response(dict(body), media_type=JSON, status_code=200, headers=dict(headers))


def refused(failure: OAuth2Error) -> Response[Any]:
    """A refusal in the words of RFC 6749; a client that did not prove itself hears how it could."""
    status = int(failure.status_code or 400)
    body = {"error": str(failure.error), "error_description": failure.get_error_description()}
    headers = dict(_NO_CACHE)
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="lmhg"'
    return Response(
        {name: text for name, text in body.items() if text},
        media_type=JSON,
        status_code=status,
        headers=headers,
    )


async def _answer(act: Callable[[], Awaitable[Response[Any]]]) -> Response[Any]:
    try:
        return await act()
    except OAuth2Error as failure:
        return refused(failure)


@get(
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"],
    opt=machine(),
    include_in_schema=False,
)
async def configuration(request: AnyRequest) -> Response[Any]:
    """What this issuer can do, and where."""
    issuer = issuer_of(request)
    return told(
        discovery.metadata(issuer.url, api_scopes=sorted(issuer.api_scopes)), headers=_CACHED
    )


@get("/oauth/jwks", opt=machine(), include_in_schema=False)
async def key_set(request: AnyRequest) -> Response[Any]:
    """The public keys, the coming one among them."""
    async with database_of(request).read(reading.ACTOR, "oauth.keys") as tx:
        found = await keys.published(tx, at=issuer_of(request).clock())
    return told({"keys": found}, headers=_CACHED)


@get("/oauth/openapi.json", opt=machine(), include_in_schema=False)
async def description(request: AnyRequest) -> Response[Any]:
    """These endpoints, described for programs."""
    return told(discovery.openapi(issuer_of(request).url), headers=_CACHED)


@post("/oauth/authorize", opt=machine(), include_in_schema=False)
async def authorize_by_form(request: AnyRequest) -> Response[Any]:
    """An authorization request by form goes the way of one by address: nothing is done here."""
    return await _by_address(request, "/oauth/authorize")


@post("/oauth/logout", opt=machine(), include_in_schema=False)
async def logout_by_form(request: AnyRequest) -> Response[Any]:
    """The same for a logout request."""
    return await _by_address(request, "/oauth/logout")


async def _by_address(request: AnyRequest, path: str) -> Response[Any]:
    async def act() -> Response[Any]:
        given = rules.single(await read_body(request))
        target = rules.with_query(path, given)
        if len(target) > MAX_REQUEST:
            raise InvalidRequestError("The request is too long.")
        return Redirect(target, status_code=303)

    return await _answer(act)


@post("/oauth/token", opt=machine(), include_in_schema=False)
async def token(request: AnyRequest) -> Response[Any]:
    """Tokens for a code, for a refresh token, or for a program itself."""

    async def act() -> Response[Any]:
        form = rules.single(await read_body(request))
        client = await authenticate(request, form)
        return told(await service.give(database_of(request), issuer_of(request), client, form))

    return await _answer(act)


@post("/oauth/revoke", opt=machine(), include_in_schema=False)
async def revoke(request: AnyRequest) -> Response[Any]:
    """End a token; one that is not known is over already."""

    async def act() -> Response[Any]:
        form = rules.single(await read_body(request))
        client = await authenticate(request, form)
        text = _token_of(form)
        await reading.revoke(database_of(request), issuer_of(request), client, text)
        return told({})

    return await _answer(act)


@post("/oauth/introspect", opt=machine(), include_in_schema=False)
async def introspect(request: AnyRequest) -> Response[Any]:
    """Whether a token of the asking client is valid; clients without a secret may not ask."""

    async def act() -> Response[Any]:
        form = rules.single(await read_body(request))
        client = await authenticate(request, form)
        text = _token_of(form)
        if not client.rule.confidential:
            return told(reading.INACTIVE)
        found = await reading.introspect(database_of(request), issuer_of(request), client, text)
        return told(found)

    return await _answer(act)


def _token_of(form: Mapping[str, str]) -> str:
    if not form.get("token"):
        raise InvalidRequestError("Missing token.")
    return form["token"]


@get("/oauth/userinfo", opt=machine(), include_in_schema=False)
async def userinfo(request: AnyRequest) -> Response[Any]:
    """Who the person of an access token is, as far as its scopes go."""
    return await _userinfo(request)


@post("/oauth/userinfo", opt=machine(), include_in_schema=False)
async def userinfo_by_post(request: AnyRequest) -> Response[Any]:
    """The same, asked by POST."""
    return await _userinfo(request)


async def _userinfo(request: AnyRequest) -> Response[Any]:
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return _not_borne("")
    try:
        found = await reading.userinfo(database_of(request), issuer_of(request), text.strip())
    except NotSignedIn:
        return _not_borne("invalid_token")
    return told(found)


def _not_borne(error: str) -> Response[Any]:
    challenge = 'Bearer realm="lmhg"' + (f', error="{error}"' if error else "")
    headers = {**_NO_CACHE, "www-authenticate": challenge}
    body = {"error": error or "invalid_token"}
    return Response(body, media_type=JSON, status_code=401, headers=headers)


ENDPOINTS = (
    configuration,
    key_set,
    description,
    authorize_by_form,
    logout_by_form,
    token,
    revoke,
    introspect,
    userinfo,
    userinfo_by_post,
)
