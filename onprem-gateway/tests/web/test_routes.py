"""Every route of the workspace against every role, zone and forgotten token, from the table."""

import re
import uuid
from ipaddress import ip_network
from pathlib import Path

import pytest

from lmhg_contracts.roles import BREAK_GLASS, ROLES
from lmhg_gateway.app import workspace
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http import access
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, allow_faults, browser_at
from lmhg_kit.persistence import Database
from lmhg_kit.settings import Environment
from lmhg_stack.ports import free_ports
from lmhg_stack.testing import PlaneDatabase

PERMISSIONS = FeatureSet(FEATURES, app="workspace").permissions

PUBLIC = {
    "/sign-in",
    "/session/start",
    "/sign-out",
    "/signed-out",
    "/lock",
    "/locked",
    "/gallery",
    "/help",
    "/help/{name:str}",
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
    """A new public route has to be added here, where someone sees it."""
    open_paths = {path for path, _, permission in routes(edge) if not permission}
    assert open_paths == PUBLIC


def test_every_permission_is_used_and_listed(edge: Edge) -> None:
    """The table has no dead rows, and every role of a row exists."""
    used = {permission for _, _, permission in routes(edge) if permission}
    asked_on_the_first_page = {"appointments.own_day", "referrals.first_calls", "work.at_home"}
    granted_in_services = {"absences.manage", "exemptions.approve"} | asked_on_the_first_page
    assert set(PERMISSIONS) - used - granted_in_services == set()
    assert {role for roles in PERMISSIONS.values() for role in roles} <= {*ROLES, BREAK_GLASS}


async def test_anonymous_reaches_nothing(edge: Edge, browsers: Browsers) -> None:
    """Each guarded page sends a stranger to sign in; a form is refused by a page that leads there."""
    browser = browsers()
    for path, method, permission in routes(edge):
        if permission:
            answer = await browser.request(method, path_of(path))
            is_page = method == "GET" and not path.startswith("/api/")
            expected = (303, "/sign-in") if is_page else (401, None)
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
        answer = await person.ask(method, path_of(path))
        assert (answer.status_code == 403) == (not may), (role, method, path)
        assert answer.status_code < 500 or answer.status_code == 503, (role, method, path)


@pytest.mark.found(
    "t9", "each form of each process is walked as somebody who may, with and without its token"
)
async def test_every_form_needs_its_token(
    edge: Edge, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As someone who may: no token and another site are refused; with CSRF off neither is."""

    async def walk() -> list[tuple[str, int, int, int]]:
        seen: list[tuple[str, int, int, int]] = []
        for path, method, permission in routes(edge):
            if method == "GET" or not permission:
                continue
            who = min(set(PERMISSIONS[permission]) & set(ROLES))
            person = await as_role(who)
            at, token = path_of(path), {"csrf_token": person.token}
            foreign = {"sec-fetch-site": "cross-site"}
            bare = await person.browser.request(method, at)
            crossed = await person.browser.request(method, at, data=token, headers=foreign)
            own = await person.browser.request(method, at, data=token)
            seen.append((path, bare.status_code, crossed.status_code, own.status_code))
        return seen

    for path, bare, crossed, own in await walk():
        assert (bare, crossed) == (403, 403), path
        assert own != 403, path

    async def off(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(access, "_check_csrf", off)
    for path, *statuses in await walk():
        assert 403 not in statuses, path


@pytest.mark.found(
    "t14", "the rule of second factors is walked over every route and method of the workspace"
)
async def test_14_password_alone_opens_nothing_once_the_rule_holds(
    edge: Edge, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """A session with a password only, whatever it asks for; before the hour it was let in."""
    person = await as_role("clinician")
    cookie = edge.inner.state["gate"].jar.name("session")
    secret = person.browser.cookies[cookie]
    assert (await person.get("/")).status_code == 200
    await onprem.run("insert into identity.mfa_rule values ('clinician', now() - interval '1 day')")
    try:
        for path, method, permission in routes(edge):
            if not permission:
                continue
            answer = await person.ask(method, path_of(path))
            is_page = method == "GET" and not path.startswith("/api/")
            expected = (303, "/sign-in") if is_page else (401, None)
            seen = (answer.status_code, answer.headers.get("location"))
            assert seen == expected, (method, path)
            # A refused cookie is dropped by the browser; this one is shown again and again.
            person.browser.cookies.set(cookie, secret, domain="work.test")
    finally:
        await onprem.run("delete from identity.mfa_rule")
    assert (await person.get("/")).status_code == 200


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
    assert "Everything you saved is safe." in answer.text
    assert "127.0.0.1" not in answer.text


@pytest.mark.found("I7", "a 405 of the workspace carries Allow")
async def test_405_names_the_methods_of_every_address(edge: Edge, browsers: Browsers) -> None:
    """RFC 9110: a 405 says what works instead."""
    assert await allow_faults(edge, browsers()) == {}
