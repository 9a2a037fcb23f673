"""The description of an application's JSON API, for anyone who may use it: OpenAPI at one address."""

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from lmhg_kit.http.access import needs

SCHEMA_PATH = "/api/v1/schema"
ERRORS = 'Errors are {"error": {"code", "message", "request_id", "fields"}}.'


def api_description(title: str, *, who: str) -> OpenAPIConfig:
    """OpenAPI at /api/v1/schema; the pages are not part of it. `who` says how a caller proves itself."""
    return OpenAPIConfig(
        title=title,
        version="1",
        description=f"{who} {ERRORS}",
        openapi_router=Router(
            path=SCHEMA_PATH,
            route_handlers=[],
            opt=needs("home.view"),
            include_in_schema=False,
        ),
        render_plugins=[JsonRenderPlugin(path="/")],
        use_handler_docstrings=True,
    )
