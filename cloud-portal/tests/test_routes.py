"""Every route of the portal against every role and a forgotten token, from the table."""

import re
import uuid

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http import access
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, allow_faults
from lmhg_portal.feature_list import FEATURES

PERMISSIONS = FeatureSet(FEATURES, app="portal").permissions
PUBLIC = {
    "/gallery",
    "/help",
    "/help/{name:str}",
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
    filled = re.sub(r"\{\w+:uuid\}", str(uuid.UUID(int=77)), template)
    return re.sub(r"\{\w+:(str|int)\}", "999999", filled)


def test_public_routes_are_the_known_few(edge: Edge) -> None:
    """A new public route has to be added here, where someone sees it."""
    assert {path for path, _, permission in routes(edge) if not permission} == PUBLIC


def test_every_permission_is_used_and_its_roles_exist(edge: Edge) -> None:
    """The table has no dead rows."""
    assert set(PERMISSIONS) == {permission for _, _, permission in routes(edge) if permission}
    assert {role for roles in PERMISSIONS.values() for role in roles} <= set(ROLES)


async def test_anonymous_reaches_nothing(edge: Edge, browsers: Browsers) -> None:
    """Each guarded page sends a stranger to sign in; a form is refused by a page that leads there."""
    browser = browsers()
    for path, method, permission in routes(edge):
        if permission:
            answer = await browser.request(method, path_of(path))
            is_page = method == "GET" and not path.startswith("/api/")
            expected = (303, "/sign-in") if is_page else (401, None)
            seen = (answer.status_code, answer.headers.get("location"))
            assert seen == expected, (method, path)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.found(
    "t20", "each role is walked through every form of the portal, not its pages alone"
)
async def test_each_role_reaches_what_the_table_says(
    edge: Edge, as_role: AsRole, role: str
) -> None:
    """403 where the role lacks the permission; never that 403 and never a crash where it has it."""
    walked = 0
    for path, method, permission in routes(edge):
        if not permission:
            continue
        walked += method != "GET"
        # A form may end the session: the next route begins with another.
        person = await as_role(role)
        step = person.get if method == "GET" else person.post
        answer = await step(path_of(path))
        may = role in PERMISSIONS[permission]
        # A handler may ask for more than the route: that is told with a code of its own.
        refused = answer.status_code == 403 and "role_missing" in answer.text
        assert refused == (not may), (method, path, answer.status_code)
        assert answer.status_code < 500, (method, path)
    assert walked > 3


@pytest.mark.found("c7", "a 405 of the portal carries Allow")
async def test_405_names_the_methods_of_every_address(edge: Edge, browsers: Browsers) -> None:
    """RFC 9110: a 405 says what works instead."""
    assert await allow_faults(edge, browsers()) == {}


@pytest.mark.found(
    "t9", "each form of each process is walked as somebody who may, with and without its token"
)
async def test_form_without_its_token_changes_nothing(
    edge: Edge, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As someone who may: no token and another site are refused; with CSRF off neither is."""

    async def walk() -> list[tuple[str, int, int, int]]:
        seen: list[tuple[str, int, int, int]] = []
        for path, method, permission in routes(edge):
            if method == "GET" or not permission:
                continue
            who = min(PERMISSIONS[permission])
            person = await as_role(who)
            at, token = path_of(path), {"csrf_token": person.token}
            foreign = {"sec-fetch-site": "cross-site"}
            bare = await person.browser.post(at, data={})
            crossed = await person.browser.post(at, data=token, headers=foreign)
            own = await person.browser.post(at, data=token)
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
