"""What is known of one request: who, from where, under which id."""

from dataclasses import dataclass, field
from typing import Any, cast

from litestar.connection import ASGIConnection

from lmhg_kit.http.session import Session

_KEY = "lmhg_visit"

Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True)
class Bearer:
    """A program that proved itself with an access token: its name in the ledger, and its rights."""

    actor: str
    scopes: frozenset[str]
    token: str = field(default="", repr=False)


@dataclass
class Visit:
    """One request as the edge and the guard came to know it."""

    request_id: str
    address: str
    inside: bool
    session: Session | None = None
    bearer: Bearer | None = None
    """A program, where a person's session would be."""
    token: str | None = None
    """The secret the CSRF token is derived from: the session's, or the pre-session's."""
    ended_token: str | None = None
    """The secret of a session that was over when this request came with it."""
    set_cookies: list[str] = field(default_factory=list[str])
    """Cookies that the edge adds to the response, whatever it turns out to be."""

    @property
    def zone(self) -> str:
        """The word for the ledger: inside or outside the approved networks."""
        return "inside" if self.inside else "outside"


def put_visit(scope: Any, visit: Visit) -> None:  # noqa: ANN401 - ASGI scopes are open mappings
    """Keep the visit with its request."""
    scope.setdefault("state", {})[_KEY] = visit


def visit_of(connection: Connection) -> Visit:
    """The visit of this request."""
    return visit_in(connection.scope)


def visit_in(scope: Any) -> Visit:  # noqa: ANN401 - ASGI scopes are open mappings
    """The visit of this request, by its scope."""
    return cast("Visit", scope["state"][_KEY])


def route_of(scope: Any) -> str:  # noqa: ANN401 - ASGI scopes are open mappings
    """The template of the matched path, which holds no id and no text of a visitor's."""
    return scope.get("path_template") or "unmatched"
