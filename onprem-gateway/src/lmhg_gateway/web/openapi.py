"""The description of the workspace's JSON API."""

from litestar.openapi.config import OpenAPIConfig

from lmhg_kit.http import description


def api_description() -> OpenAPIConfig:
    """Who may call it, and how."""
    return description.api_description(
        "LMHG workspace",
        who=(
            "A person's session cookie says who asks. A request that changes something also sends"
            " the session's token as X-CSRF-Token. A program sends its access token as a Bearer"
            " token instead."
        ),
    )
