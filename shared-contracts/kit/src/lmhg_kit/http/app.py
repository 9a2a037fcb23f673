"""Builds a web application out of its features; refuses to build one with an open route."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Response
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from lmhg_kit.errors import LmhgError
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import GATE, BearerCheck, Gate, RefusalAudit, check_routes, enforce
from lmhg_kit.http.cookies import CookieJar
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.errors import respond
from lmhg_kit.http.kept import KEEPER, Keeper
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.shell import PAGES, Pages
from lmhg_kit.http.state import FEATURES, Kept, state_of
from lmhg_kit.http.statics import STATIC_HANDLERS, STATICS, StaticFiles

MAX_FORM_BYTES = 128 * 1024
"""A form or JSON body; routes that take more say so themselves."""

Hook = Callable[[], Awaitable[None]]
Span = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, kw_only=True)
class AppParts:
    """Everything one application is made of."""

    name: str
    policy: EdgePolicy
    features: FeatureSet
    sessions: Sessions | None = None
    bearers: BearerCheck | None = None
    audit_refusal: RefusalAudit | None = None
    pages: Pages | None = None
    keeper: Keeper | None = None
    """Keeps what people typed while they sign in again; None where nobody types much."""
    statics: StaticFiles | None = None
    keeps: tuple[Kept, ...] = ()
    """What handlers find by its key, such as the database."""
    on_stop: Sequence[Hook] = ()
    """What to close when the process ends, such as the database."""
    during: Sequence[Span] = ()
    """What runs beside the requests for as long as the process serves, such as loops."""
    metrics: HttpMetrics | None = None
    max_body_bytes: int = MAX_FORM_BYTES
    openapi: OpenAPIConfig | None = None


def build_app(parts: AppParts) -> Edge:
    """The ASGI application. Raises: TypeError for a route without a guard."""
    handlers: list[ControllerRouterHandler] = list(parts.features.handlers)
    if parts.statics:
        handlers.extend(STATIC_HANDLERS)
    app = Litestar(
        handlers,
        guards=[enforce],
        exception_handlers=_handlers(),
        state=state_of((*parts.keeps, *_own(parts))),
        on_shutdown=list(parts.on_stop),
        lifespan=[_span(span) for span in parts.during],
        request_max_body_size=parts.max_body_bytes,
        openapi_config=parts.openapi,
        logging_config=None,
        debug=False,
    )
    check_routes(app, parts.features.permissions)
    return Edge(app, policy=parts.policy, metrics=parts.metrics or HttpMetrics())


def _span(span: Span) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    return lambda _app: span()


def _own(parts: AppParts) -> tuple[Kept, ...]:
    gate = Gate(
        jar=CookieJar(parts.name, production=parts.policy.production),
        sessions=parts.sessions,
        permissions=parts.features.permissions,
        scopes=parts.features.scopes,
        origin=parts.policy.public_url.rstrip("/"),
        bearers=parts.bearers,
        audit_refusal=parts.audit_refusal,
    )
    return (
        GATE.put(gate),
        PAGES.put(parts.pages),
        KEEPER.put(parts.keeper),
        FEATURES.put(parts.features),
        *((STATICS.put(parts.statics),) if parts.statics else ()),
    )


def _handlers() -> dict[int | type[Exception], Callable[[Any, Any], Response[Any]]]:
    return {HTTPException: respond, LmhgError: respond, Exception: respond}
