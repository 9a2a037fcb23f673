"""Every route of the workspace against every role, zone and forgotten token, from the table."""

import re
import uuid
from ipaddress import ip_network
from pathlib import Path

import pytest

from lmhg_gateway.app import workspace
from lmhg_gateway.features.break_glass.rules import ROLE as BREAK_GLASS
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_gateway.web.permissions import PERMISSIONS, ROLES
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, allow_faults, browser_at
from lmhg_kit.persistence import Database
from lmhg_kit.settings import Environment
from lmhg_stack.ports import free_ports

PUBLIC = {
    "/sign-in",
    "/session/start",
    "/sign-out",
    "/signed-out",
    "/gallery",
    "/gallery/{name:str}",
    "/static/{digest:str}/{name:str}",
}


def routes(edge: Edge) -> list[tuple[str, str, str | None]]:
    """Path, method and permission of every route; None is public."""
    found = guarded_routes(edge.inner)
    return [(path, method, access.permission) for path, method, access in found if access]


def path_of(template: str) -> str:
    """An address of this route, with an id that names nothing."""
    filled = re.sub(r"\{\w+:uuid\}", str(uuid.UUID(int=77)), template)
    return re.sub(r"\{\w+:(str|int)\}", "999999", filled)


def test_public_routes_are_the_known_few(edge: Edge) -> None:
    """A new public route has to be added here, where somebody sees it."""
    open_paths = {path for path, _, permission in routes(edge) if not permission}
    assert open_paths == PUBLIC


def test_every_permission_is_used_and_listed(edge: Edge) -> None:
    """The table has no dead rows, and every role of a row exists."""
    used = {permission for _, _, permission in routes(edge) if permission}
    granted_in_services = {"exemptions.approve"}
    assert set(PERMISSIONS) - used - granted_in_services == set()
    assert {role for roles in PERMISSIONS.values() for role in roles} <= {*ROLES, BREAK_GLASS}


async def test_anonymous_reaches_nothing(edge: Edge, browsers: Browsers) -> None:
    """Each guarded route sends a stranger to sign in, or refuses the form."""
    browser = browsers()
    for path, method, permission in routes(edge):
        if permission:
            answer = await browser.request(method, path_of(path))
            expected = (401, None) if path.startswith("/api/") else (303, "/sign-in")
            assert (answer.status_code, answer.headers.get("location")) == expected, (method, path)


async def test_outside_the_networks_everything_is_404(edge: Edge, as_role: AsRole) -> None:
    """Even an administrator finds nothing from another network."""
    admin = await as_role("admin", peer="203.0.113.9")
    for path, method, _ in routes(edge):
        answer = await admin.browser.request(method, path_of(path))
        assert answer.status_code == 404, (method, path)
        assert answer.text == "not found\n"


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_reaches_what_the_table_says(
    edge: Edge, as_role: AsRole, role: str
) -> None:
    """403 where the role lacks the permission; never 403 and never a crash where it has it."""
    person = await as_role(role)
    for path, method, permission in routes(edge):
        if not permission:
            continue
        may = role in PERMISSIONS[permission]
        if method == "GET":
            answer = await person.get(path_of(path))
        else:
            answer = await person.post(path_of(path))
        assert (answer.status_code == 403) == (not may), (role, method, path)
        assert answer.status_code < 500 or answer.status_code == 503, (role, method, path)


async def test_every_form_needs_its_token(edge: Edge, as_role: AsRole) -> None:
    """Without the token, and from another site, no step is taken."""
    admin = await as_role("admin")
    cross_site = {"sec-fetch-site": "cross-site"}
    for path, method, permission in routes(edge):
        if method == "GET" or not permission:
            continue
        bare = await admin.browser.request(method, path_of(path))
        assert bare.status_code == 403, (method, path)
        fields = {"csrf_token": admin.token}
        foreign = await admin.browser.request(
            method, path_of(path), data=fields, headers=cross_site
        )
        assert foreign.status_code == 403, (method, path)


async def test_lost_database_is_told_as_such() -> None:
    """Without its database the workspace says that nothing was lost, and shows no driver text."""
    db = Database(f"postgresql://gw_workspace@127.0.0.1:{free_ports(1)[0]}/lmhg", pool_size=1)
    settings = WorkspaceSettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        approved_networks=(ip_network("10.8.0.0/16"),),
        public_url="http://work.test",
        identity_url="http://id.test",
        keyring_file=Path("unused"),
    )
    edge = workspace.build(settings, db)
    async with browser_at(edge, "10.8.0.7", base_url="http://work.test") as browser:
        browser.cookies.set("lmhg_workspace_session", "x" * 43)
        answer = await browser.get("/")
    await db.close()
    assert answer.status_code == 503
    assert "Everything that was saved is safe." in answer.text
    assert "127.0.0.1" not in answer.text


@pytest.mark.found("I7", "a 405 of the workspace carries Allow")
async def test_405_names_the_methods_of_every_address(edge: Edge, browsers: Browsers) -> None:
    """RFC 9110: a 405 says what works instead."""
    assert await allow_faults(edge, browsers()) == {}
