"""What others may know of OAuth clients: who they are, their scopes, and how an operator puts one."""

from lmhg_gateway.features.oauth_clients.provisioning import (
    disable_clients_of,
    hydra_loop,
    put_client,
)
from lmhg_gateway.features.oauth_clients.repository import (
    active_redirect_uris,
    api_client,
    app_names,
    count_scopes_asked_by,
    registered,
    registered_by_id,
    secrets_seen_by,
    with_backchannel,
)
from lmhg_gateway.features.oauth_clients.rules import (
    CODE,
    CREDENTIALS,
    IDENTITY_SCOPES,
    MAX_URI,
    REFRESH,
    ClientKind,
    RegisteredClient,
    form_sources,
    is_secret,
)
from lmhg_gateway.features.oauth_clients.service import end_secrets_of

__all__ = [
    "CODE",
    "CREDENTIALS",
    "IDENTITY_SCOPES",
    "MAX_URI",
    "REFRESH",
    "ClientKind",
    "RegisteredClient",
    "active_redirect_uris",
    "api_client",
    "app_names",
    "count_scopes_asked_by",
    "disable_clients_of",
    "end_secrets_of",
    "form_sources",
    "hydra_loop",
    "is_secret",
    "put_client",
    "registered",
    "registered_by_id",
    "secrets_seen_by",
    "with_backchannel",
]
