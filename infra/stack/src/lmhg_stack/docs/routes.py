"""Every route of every web process with what it asks of its visitor, and who has which permission."""

import json
import os
from collections.abc import Iterator

from lmhg_gateway.app import identity, workspace
from lmhg_gateway.features.issuer.discovery import openapi as issuer_description
from lmhg_gateway.kernel.settings import IdentitySettings, WorkspaceSettings
from lmhg_kit.errors import KeyUnknown
from lmhg_kit.http.access import Access, guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.persistence.sealing import KEY_BYTES, install, installed
from lmhg_kit.settings import load
from lmhg_portal.app import portal
from lmhg_portal.kernel.settings import PortalSettings

NOWHERE = "postgresql://nobody@127.0.0.1/none"
SETTINGS = {
    "LMHG_SITE": "s1",
    "LMHG_DATABASE_URL": NOWHERE,
    "LMHG_LISTEN": "127.0.0.1:1",
    "LMHG_METRICS_LISTEN": "127.0.0.1:2",
    "LMHG_APPROVED_NETWORKS": "10.8.0.0/24",
    "LMHG_PUBLIC_URL": "https://here.example.test",
    "LMHG_IDENTITY_URL": "https://id.example.test",
    "LMHG_WORKSPACE_URL": "https://work.example.test",
    "LMHG_KEYRING_FILE": "keyring.json",
    "LMHG_IDENTITY_KEYRING_FILE": "identity.json",
    "LMHG_ISSUER_URL": "https://id.example.test",
    "LMHG_CLIENT_ID": "portal",
    "LMHG_CLIENT_SECRET_FILE": os.devnull,
}
"""Enough to build each application as production does; nothing is reached."""


def reference() -> str:
    """docs/reference/routes.md."""
    parts = [
        "# Routes and permissions",
        "",
        "Generated from the applications themselves. A route without an access does not start.",
        "`public` is for anybody; forms there still carry their token. `proved anew` asks for a sign-in",
        "of the last ten minutes.",
    ]
    for name, edge in _applications():
        permissions = edge.inner.state["features"].permissions
        parts += ["", f"## {name}", "", *_routes(edge)]
        if permissions:
            parts += ["", "| permission | roles |", "| --- | --- |"]
            parts += [
                f"| `{permission}` | {', '.join(sorted(roles))} |"
                for permission, roles in sorted(permissions.items())
            ]
    return "\n".join(parts)


def identity_api() -> str:
    """docs/reference/identity.openapi.json: the issuer's endpoints for programs."""
    return json.dumps(issuer_description(SETTINGS["LMHG_IDENTITY_URL"]), indent=2)


def described() -> Iterator[tuple[str, str]]:
    """The OpenAPI description of each application that has a JSON API, and the file that keeps it."""
    for name, edge in _applications():
        if edge.inner.openapi_config is not None:
            text = json.dumps(edge.inner.openapi_schema.to_schema(), indent=2, sort_keys=True)
            yield f"docs/reference/{name.lower()}.openapi.json", text


def _routes(edge: Edge) -> Iterator[str]:
    yield "| method | path | asks for |"
    yield "| --- | --- | --- |"
    for path, method, access in guarded_routes(edge.inner):
        yield f"| {method} | `{path}` | {_asked(access)} |"


def _asked(access: Access | None) -> str:
    if access is None:
        return "nothing: refused"
    fresh = ", proved anew" if access.fresh else ""
    return f"`{access.permission}`{fresh}" if access.permission else "public"


def pages() -> dict[str, list[str]]:
    """The addresses of each application that a browser may open, by its name in small letters."""
    return {
        name.lower(): [path for path, method, _ in guarded_routes(edge.inner) if method == "GET"]
        for name, edge in _applications()
    }


def edges() -> list[tuple[str, Edge]]:
    """Each application as production builds it, by name."""
    return list(_applications())


def _applications() -> Iterator[tuple[str, Edge]]:
    db = Database(NOWHERE)
    _borrow_keyring()
    inside = workspace.build(load(WorkspaceSettings, SETTINGS), db)
    yield "Workspace", inside
    yield "Identity", identity.build(load(IdentitySettings, SETTINGS), db)
    yield "Portal", portal.build(load(PortalSettings, SETTINGS), db)


def _borrow_keyring() -> None:
    """A keyring that seals nothing, unless the process has its own: some applications ask for one."""
    try:
        installed()
    except KeyUnknown:
        empty = bytes(KEY_BYTES)
        install(Keyring(current="none", keys={"none": empty}, index_key=empty))
