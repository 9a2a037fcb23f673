"""The description of the JSON API, for anyone who may use it."""

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from lmhg_kit.http.access import needs

SCHEMA_PATH = "/api/v1/schema"


def api_description() -> OpenAPIConfig:
    """OpenAPI at /api/v1/schema; the pages are not part of it."""
    return OpenAPIConfig(
        title="LMHG workspace",
        version="1",
        description=(
            "The workspace's JSON API. A session cookie names the person; a step that changes"
            " something carries the session's token in X-CSRF-Token. A program shows an access"
            " token of the identity process instead (Authorization: Bearer). Errors are"
            ' {"error": {"code", "message", "request_id", "fields"}}.'
        ),
        openapi_router=Router(
            path=SCHEMA_PATH,
            route_handlers=[],
            opt=needs("home.view"),
            include_in_schema=False,
        ),
        render_plugins=[JsonRenderPlugin(path="/")],
        use_handler_docstrings=True,
    )
