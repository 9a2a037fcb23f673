"""Which methods an address knows: what `Allow` says beside a 405 (RFC 9110, 15.5.6)."""

from collections.abc import Sequence

from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.types.internal_types import PathParameterDefinition

Parts = Sequence[str | PathParameterDefinition]


def allowed_methods(app: Litestar, path: str) -> str:
    """The methods of the route at this path, as a header; empty when no route is there.

    Where several routes match, the most literal one serves, as in the router.
    """
    asked = [part for part in path.split("/") if part]
    found = [
        route
        for route in app.routes
        if isinstance(route, HTTPRoute) and _matches(route.path_components, asked)
    ]
    if not found:
        return ""
    best = max(found, key=lambda route: _literal(route.path_components))
    methods = {
        method
        for route in found
        if _literal(route.path_components) == _literal(best.path_components)
        for method in route.methods
    }
    return ", ".join(sorted(methods))


def _matches(parts: Parts, asked: Sequence[str]) -> bool:
    for number, part in enumerate(parts):
        if isinstance(part, PathParameterDefinition) and part.full.endswith(":path"):
            return True
        if number >= len(asked) or (isinstance(part, str) and part != asked[number]):
            return False
    return len(parts) == len(asked)


def _literal(parts: Parts) -> tuple[bool, ...]:
    """Literal parts first, read from the left: what the router prefers."""
    return tuple(isinstance(part, str) for part in parts)
