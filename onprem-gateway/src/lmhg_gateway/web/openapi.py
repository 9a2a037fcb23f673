"""The description of the workspace's JSON API."""

from litestar.openapi.config import OpenAPIConfig

from lmhg_kit.http import description


def api_description() -> OpenAPIConfig:
    """Who may call it, and how."""
    return description.api_description(
        "LMHG workspace",
        who=(
            "The workspace's JSON API. A session cookie names the person; a step that changes"
            " something carries the session's token in X-CSRF-Token. A program shows an access"
            " token of the identity process instead (Authorization: Bearer)."
        ),
    )
