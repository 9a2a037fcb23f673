"""Every route of the portal against every role and a forgotten token, from the table."""

import re
import uuid

import pytest

from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, allow_faults
from lmhg_portal.web.permissions import PERMISSIONS, ROLES

PUBLIC = {
    "/gallery",
    "/gallery/{name:str}",
    "/sign-in",
    "/sign-in/callback",
    "/sign-out",
    "/sign-out/back-channel",
    "/signed-out",
    "/static/{digest:str}/{name:str}",
}


def routes(edge: Edge) -> list[tuple[str, str, str | None]]:
    """Path, method and permission of every route; None is public."""
    found = guarded_routes(edge.inner)
    return [(path, method, access.permission) for path, method, access in found if access]


def path_of(template: str) -> str:
    """An address of this route, with an id that names nothing."""
    return re.sub(r"\{\w+:uuid\}", str(uuid.UUID(int=77)), template)


def test_public_routes_are_the_known_few(edge: Edge) -> None:
    """A new public route has to be added here, where somebody sees it."""
    assert {path for path, _, permission in routes(edge) if not permission} == PUBLIC


def test_every_permission_is_used_and_its_roles_exist(edge: Edge) -> None:
    """The table has no dead rows."""
    assert set(PERMISSIONS) == {permission for _, _, permission in routes(edge) if permission}
    assert {role for roles in PERMISSIONS.values() for role in roles} <= set(ROLES)


async def test_anonymous_reaches_nothing(edge: Edge, browsers: Browsers) -> None:
    """Each guarded route sends a stranger to sign in."""
    browser = browsers()
    for path, method, permission in routes(edge):
        if permission:
            answer = await browser.request(method, path_of(path))
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_reaches_what_the_table_says(
    edge: Edge, as_role: AsRole, role: str
) -> None:
    """403 where the role lacks the permission; never 403 and never a crash where it has it."""
    person = await as_role(role)
    for path, method, permission in routes(edge):
        if permission and method == "GET":
            answer = await person.get(path_of(path))
            may = role in PERMISSIONS[permission]
            assert answer.status_code in ({200, 404} if may else {403}), (path, answer.status_code)


async def test_form_without_its_token_changes_nothing(edge: Edge, as_role: AsRole) -> None:
    """No token, no change, on every route that changes something."""
    person = await as_role("admin")
    for path, method, permission in routes(edge):
        if permission and method == "POST":
            answer = await person.browser.post(path_of(path), data={})
            assert answer.status_code == 403, path


@pytest.mark.found("c7", "a 405 of the portal carries Allow")
async def test_405_names_the_methods_of_every_address(edge: Edge, browsers: Browsers) -> None:
    """RFC 9110: a 405 says what works instead."""
    assert await allow_faults(edge, browsers()) == {}
