"""Clients: who the practice cares for."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.clients import api
from lmhg_gateway.features.clients.exported import CLIENTS
from lmhg_gateway.features.clients.jobs import loops
from lmhg_gateway.features.clients.models import Client, ClientIndexed, ClientToken, ExternalId
from lmhg_gateway.features.clients.pages import (
    client_list,
    client_page,
    create_client,
    edit_page,
    find_clients,
    new_client,
    save_client,
    search,
)
from lmhg_gateway.features.clients.synced import SYNCED
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider

FEATURE = Feature(
    name="clients",
    app="workspace",
    pages=(
        client_list,
        search,
        new_client,
        create_client,
        client_page,
        edit_page,
        save_client,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Clients", path="/clients", icon="people", permission="clients.read", order=20
        ),
    ),
    ways=(
        NavItem(label="New client", path="/clients/new", icon="plus", permission="clients.write"),
    ),
    search=(
        SearchProvider(
            label="Clients", permission="clients.read", find=find_clients, see_all="/clients/search"
        ),
    ),
    messages={
        "client": "We can't find this client. The record may have been merged or removed.",
        "client_changed": "Someone else changed this client after you opened it.",
    },
    notices={
        "client.created": "Client {who} added.",
        "client.saved": "Changes saved for {who}.",
        "client.merged": "The record you opened was merged into this one.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="clients.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="clients",
        ),
        Permission(name="clients.write", roles=frozenset({FRONT_DESK, ADMIN})),
    ),
    models=(
        Client,
        ClientToken,
        ClientIndexed,
        ExternalId,
    ),
    loops={"worker": loops},
    contributes=(
        SYNCED,
        CLIENTS,
        RetentionLine(
            code="clients",
            title="Clients, with all that is filed under them",
            clock="The last visit, call, letter, form or document; for a minor, the 18th birthday if that is later",
            order=10,
        ),
    ),
)
