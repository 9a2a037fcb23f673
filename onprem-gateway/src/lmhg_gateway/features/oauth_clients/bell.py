"""What the bell counts of OAuth clients: scopes that one asked for."""

from lmhg_gateway.features.oauth_clients.pages import PERMISSION
from lmhg_gateway.features.oauth_clients.repository import SCOPES_ASKED
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission=PERMISSION,
        label="Scopes asked for",
        href="/oauth-clients",
        count=SCOPES_ASKED,
        tone="warn",
    ),
)
