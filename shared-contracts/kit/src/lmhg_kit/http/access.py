"""Guards, closed by default.

Each route names its access in its `opt`: a permission, `public`, or `machine` for senders that
carry no cookies. A route that names none stops the application from being built, and would be
refused at run time as well.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from lmhg_kit.errors import Forbidden, NotFresh, NotSignedIn
from lmhg_kit.http.cookies import CookieJar
from lmhg_kit.http.csrf import FIELD, HEADER, SAFE_METHODS, is_own_site, is_token_valid
from lmhg_kit.http.door import check_address, tidy_json
from lmhg_kit.http.forms import read_form
from lmhg_kit.http.session import Session, Sessions
from lmhg_kit.http.state import Key
from lmhg_kit.http.visit import Bearer, Visit, visit_of

OPT = "access"
SESSION_COOKIE = "session"
PRE_COOKIE = "pre"
"""Brackets within brackets of a JSON body; our own bodies have two."""


API = "/api/"
"""Below this path a program may show an access token instead of a session."""
BearerCheck = Callable[[str], Awaitable[Bearer]]
"""The program behind an access token. Raises: NotSignedIn."""
RefusalAudit = Callable[[Visit, str], Awaitable[None]]
"""Puts a refusal on record: whose visit, and which permission was missing."""


@dataclass(frozen=True)
class Access:
    """What a route asks of its visitor."""

    permission: str | None
    cookies: bool = True
    """False for machine senders: no session is read and no CSRF token expected."""
    fresh: bool = False
    """True for sensitive steps: the person proved who they are a short while ago."""
    passive: bool = False
    """True for what a page asks by itself: it is no use of the session, which ends all the same."""
    leaves: bool = False
    """True for the way out: a form of a session that is over counts too."""
    streams: bool = False
    """True for a body that is no JSON: its handler reads it piece by piece."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What the guard of one application decides with."""

    jar: CookieJar
    sessions: Sessions | None
    permissions: Mapping[str, frozenset[str]]
    origin: str
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """API scope to permissions."""
    bearers: BearerCheck | None = None
    """Judges access tokens, in an application whose JSON API takes them."""
    audit_refusal: RefusalAudit | None = None
    """Puts on record that someone tried what their role does not allow."""

    def allows(self, roles: Iterable[str], permission: str) -> bool:
        """Whether one of the roles has the permission; an unlisted permission has nobody."""
        return not self.permissions.get(permission, frozenset()).isdisjoint(roles)

    def gives(self, scopes: Iterable[str], permission: str | None) -> bool:
        """Whether one of a program's scopes carries the permission."""
        return any(permission in self.scopes.get(scope, frozenset()) for scope in scopes)

    def is_fresh(self, session: Session) -> bool:
        """Whether this session may take a sensitive step without another sign-in."""
        return self.sessions is not None and self.sessions.is_fresh(session)


def needs(
    permission: str, *, fresh: bool = False, passive: bool = False, streams: bool = False
) -> dict[str, Any]:
    """Route option: only for signed-in people whose role has this permission.

    With `fresh`, a sign-in older than ten minutes is asked for again before anything happens. With
    `passive`, the request does not keep an idle session alive. With `streams`, nobody reads the body
    before the handler does.
    """
    return {OPT: Access(permission, fresh=fresh, passive=passive, streams=streams)}


def public() -> dict[str, Any]:
    """Route option: for anybody; forms still carry their CSRF token."""
    return {OPT: Access(None)}


def leaving() -> dict[str, Any]:
    """Route option: for anybody on the way out; a form of a session that ended meanwhile is no forgery."""
    return {OPT: Access(None, leaves=True)}


def machine() -> dict[str, Any]:
    """Route option: for senders without cookies, which prove themselves otherwise."""
    return {OPT: Access(None, cookies=False)}


GATE: Key[Gate] = Key("gate")


def gate_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Gate:
    """The gate of the application that serves this request."""
    return GATE.of(connection)


def may(connection: ASGIConnection[Any, Any, Any, Any], permission: str) -> bool:
    """Whether who asks has a permission."""
    visit, gate = visit_of(connection), gate_of(connection)
    if visit.bearer:
        return gate.gives(visit.bearer.scopes, permission)
    return visit.session is not None and gate.allows(visit.session.roles, permission)


async def enforce(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """The guard of every route. Raises: Forbidden, NotSignedIn, Unreadable, NotFound."""
    access = handler.opt.get(OPT)
    if not isinstance(access, Access):
        raise Forbidden("route_closed")
    check_address(connection)
    request = cast("Request[Any, Any, Any]", connection)
    if access.cookies:
        try:
            await _admit(connection, access)
        except (NotSignedIn, NotFresh):
            if request.method not in SAFE_METHODS:
                await read_form(request)  # kept for whoever typed it, while they sign in
            raise
    is_json = connection.scope["path"].startswith(API) and not access.streams
    if is_json and request.method not in SAFE_METHODS:
        await tidy_json(request)


async def _admit(connection: ASGIConnection[Any, Any, Any, Any], access: Access) -> None:
    """Who may come in. Raises: Forbidden, NotSignedIn."""
    gate, visit = gate_of(connection), visit_of(connection)
    token = bearer_token(connection)
    if token and gate.bearers:
        # No cookie is read beside a token, so no foreign page can borrow anybody's session.
        visit.bearer = replace(await gate.bearers(token), token=token)
        if access.fresh or not gate.gives(visit.bearer.scopes, access.permission):
            raise Forbidden("scope_missing")
        return
    await load_session(connection, gate=gate, visit=visit, passive=access.passive)
    if access.permission is not None:
        await _check_permission(connection, gate=gate, permission=access.permission)
    request = cast("Request[Any, Any, Any]", connection)
    if request.method not in SAFE_METHODS:
        await _check_csrf(request, gate=gate, visit=visit, leaves=access.leaves)
    if access.fresh and (visit.session is None or not gate.is_fresh(visit.session)):
        raise NotFresh


def bearer_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The access token that a program shows to the JSON API."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not connection.url.path.startswith(API):
        return None
    return token.strip() or None


async def load_session(
    connection: ASGIConnection[Any, Any, Any, Any],
    *,
    gate: Gate,
    visit: Visit,
    passive: bool = False,
) -> None:
    """Find out who is asking; forget a cookie that names no live session."""
    header = connection.headers.get("cookie", "")
    token = gate.jar.read(header, SESSION_COOKIE)
    if token and gate.sessions:
        visit.session = await gate.sessions.resume(token, touch=not passive)
        if visit.session:
            visit.token = token
            return
        visit.set_cookies.append(gate.jar.drop(SESSION_COOKIE))
        visit.ended_token = token
    visit.token = gate.jar.read(header, PRE_COOKIE)


async def _check_permission(
    connection: ASGIConnection[Any, Any, Any, Any], *, gate: Gate, permission: str
) -> None:
    visit = visit_of(connection)
    if visit.session is None:
        raise NotSignedIn
    if not gate.allows(visit.session.roles, permission):
        if gate.audit_refusal:
            await gate.audit_refusal(visit, permission)
        raise Forbidden("role_missing")


async def _check_csrf(
    request: Request[Any, Any, Any], *, gate: Gate, visit: Visit, leaves: bool
) -> None:
    if not is_own_site(request.headers, origin=gate.origin):
        raise Forbidden("cross_site")
    offered = request.headers.get(HEADER)
    if offered is None:
        offered = next(iter((await read_form(request)).get(FIELD, [])), None)
    is_own = is_token_valid(visit.token, offered)
    if not is_own and not (leaves and is_token_valid(visit.ended_token, offered)):
        raise Forbidden("csrf_token")


def guarded_routes(app: Litestar) -> list[tuple[str, str, Access | None]]:
    """Every method and path of the application with the access it names."""
    found: list[tuple[str, str, Access | None]] = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            found.append((route.path, "*", None))
            continue
        for handler in route.route_handlers:
            if _is_generated(handler):
                continue
            access = handler.opt.get(OPT)
            named = access if isinstance(access, Access) else None
            found.extend((route.path, method, named) for method in sorted(handler.http_methods))
    return sorted(found, key=lambda row: row[:2])


def check_routes(app: Litestar, permissions: Mapping[str, frozenset[str]]) -> None:
    """Refuse an application with an unguarded route or an unlisted permission. Raises: TypeError."""
    for path, method, access in guarded_routes(app):
        if access is None:
            message = f"route without a guard: {method} {path}"
            raise TypeError(message)
        if access.permission is not None and access.permission not in permissions:
            message = f"route with an unlisted permission: {method} {path} {access.permission}"
            raise TypeError(message)


def _is_generated(handler: HTTPRouteHandler) -> bool:
    """Whether Litestar made this handler itself: it answers OPTIONS, behind the same guard."""
    return handler.http_methods == {"OPTIONS"}
