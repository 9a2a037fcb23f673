"""Programs that may sign people in or use the JSON API: registered, changed and ended by two hands."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
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
from lmhg_gateway.features.oauth_clients.repository import SCOPES_ASKED
from lmhg_kit.feature import Feature, NavItem, NoteProvider, Permission, SearchProvider

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
            label="OAuth clients",
            path="/oauth-clients",
            icon="lock",
            permission=PERMISSION,
            order=90,
            primary=False,
        ),
    ),
    search=(SearchProvider(label="OAuth clients", permission=PERMISSION, find=find_oauth_clients),),
    notes=(
        NoteProvider(
            permission=PERMISSION,
            label="Scopes asked for",
            href="/oauth-clients",
            count=SCOPES_ASKED,
            kind="warn",
        ),
    ),
    messages={
        "oauth_client_changed": "Someone else changed this app after you opened it.",
        "oauth_client": "There is no such client.",
        "client_public": "This client has no secret: it proves itself by PKCE alone.",
        "scopes_invalid": "Choose at least one scope that it does not have yet.",
        "scopes_asked": "Scopes are asked for already. Approve or decline that first.",
        "scopes_decided": "Somebody decided this already.",
        "hydra_refused": "Hydra does not answer, so nobody can say what this token allows.",
        "two_persons": "You asked for this yourself, so somebody else has to approve it.",
    },
    notices={
        "oauth_client.registered": "Registered.",
        "oauth_client.changed": "Changed. The history below has the difference.",
        "oauth_client.disabled": "Disabled. Nothing of it counts any more.",
        "oauth_client.enabled": "Enabled again, with the secrets it had.",
        "oauth_client.asked": "Asked. Another administrator has to approve it now.",
        "oauth_client.approved": "Approved. The scopes count from now on.",
        "oauth_client.declined": "Declined. It keeps the scopes it had.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    permissions=(Permission(name="oauth_clients.manage", roles=frozenset({ADMIN})),),
    models=(
        OAuthClient,
        ClientSecret,
        ClientChange,
        ScopeRequest,
        ClientPush,
    ),
)
