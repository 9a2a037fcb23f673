"""Programs that may sign people in or use the JSON API: registered, changed and ended by two hands."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.oauth_clients.bell import BELL
from lmhg_gateway.features.oauth_clients.models import (
    ClientChange,
    ClientPush,
    ClientSecret,
    OAuthClient,
    ScopeRequest,
)
from lmhg_gateway.features.oauth_clients.pages import (
    PERMISSION,
    approve,
    ask_scopes,
    create,
    decline,
    disable,
    drop_scopes,
    edit_page,
    enable,
    find_oauth_clients,
    listed,
    new_client,
    rotate,
    save,
    view,
)
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider

FEATURE = Feature(
    name="oauth_clients",
    app="workspace",
    no_api="A program that lets programs in would prove no person.",
    pages=(
        listed,
        new_client,
        create,
        view,
        edit_page,
        save,
        rotate,
        disable,
        enable,
        ask_scopes,
        drop_scopes,
        approve,
        decline,
    ),
    nav=(
        NavItem(
            label="Connected apps",
            path="/oauth-clients",
            icon="apps",
            permission=PERMISSION,
            order=90,
            primary=False,
        ),
    ),
    search=(
        SearchProvider(label="Connected apps", permission=PERMISSION, find=find_oauth_clients),
    ),
    bell=BELL,
    messages={
        "oauth_client_changed": "Someone else changed this app after you opened it.",
        "oauth_client": "There is no such app.",
        "client_public": "This app has no secret. It uses PKCE instead.",
        "scopes_invalid": "Choose at least one scope that the app does not have yet.",
        "scopes_asked": "Someone already asked for scopes. Approve or decline that first.",
        "scopes_decided": "Someone already decided this.",
        "hydra_refused": "Hydra does not answer, so we can't check what this token allows.",
        "two_persons": "You asked for this, so someone else must approve it.",
    },
    notices={
        "oauth_client.registered": "App added.",
        "oauth_client.changed": "Changes saved. See the history below.",
        "oauth_client.disabled": "App disabled. Its sign-ins and tokens no longer work.",
        "oauth_client.enabled": "App enabled again, with the same secrets.",
        "oauth_client.asked": "Request sent. Another administrator must approve it.",
        "oauth_client.approved": "Approved. The scopes work now.",
        "oauth_client.declined": "Declined. The app keeps the scopes it had.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="oauth_clients.manage", roles=frozenset({ADMIN})),),
    models=(
        OAuthClient,
        ClientSecret,
        ClientChange,
        ScopeRequest,
        ClientPush,
    ),
)
