"""A feature that is off is gone with all that it adds to others, and nothing else breaks."""

from dataclasses import replace

import httpx
import msgspec
import pytest

from lmhg_gateway.app import workspace
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.feature_set import FeaturesWrong
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.testing import AsRole, Signed, browser_at, sign_in
from lmhg_kit.http.without import links_in, pages_of, switchable, unmet
from lmhg_kit.persistence import Database

from .conftest import PEOPLE, WORKSPACE  # noqa: TID252 - beside this file
from .records import new_client  # noqa: TID252 - beside this file

ROLES = ("clinician", "compliance", "admin")
OFF = switchable(FEATURES, app="workspace")
BY_NAME = {each.name: each for each in FEATURES}


@pytest.fixture
def smaller(settings: WorkspaceSettings, workspace_db: Database, name: str) -> Edge:
    """The workspace without the feature of this name."""
    return workspace.build(msgspec.structs.replace(settings, features_off=(name,)), workspace_db)


async def signed(
    edge: Edge, browser: httpx.AsyncClient, role: str, *, sessions: Sessions
) -> Signed:
    """Someone of this role, in this browser."""
    account = str(PEOPLE[role])
    token = await sign_in(browser, edge, role, account_id=account, sessions=sessions)
    return Signed(browser, token)


class Whole:
    """The workspace with every feature, and what it answered so far."""

    def __init__(self, edge: Edge, as_role: AsRole, kept: dict[tuple[str, str], int]) -> None:
        self.pages = pages_of(edge)
        self.as_role = as_role
        self._kept = kept

    async def status(self, role: str, path: str, *, alike: str) -> int:
        """The status of a page for a role; pages of one kind are asked once."""
        if (role, alike) not in self._kept:
            answer = await (await self.as_role(role)).get(path)
            self._kept[role, alike] = answer.status_code
        return self._kept[role, alike]


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str], int]:
    """What the whole workspace answered, between the tests."""
    return {}


@pytest.fixture
def whole(edge: Edge, as_role: AsRole, kept: dict[tuple[str, str], int]) -> Whole:
    """The workspace with every feature."""
    return Whole(edge, as_role, kept)


@pytest.mark.parametrize("name", OFF)
@pytest.mark.parametrize("role", ROLES)
async def test_what_is_off_is_gone_and_the_rest_stands(
    smaller: Edge, whole: Whole, sessions: Sessions, name: str, role: str
) -> None:
    """No route, no entry of navigation, tabs, bell or search; every other page answers as before."""
    client = await new_client(whole.as_role, f"Quillon {name.title()}")
    gone = whole.pages - pages_of(smaller)
    own = (*BY_NAME[name].nav, *BY_NAME[name].ways)
    ways = {each.path for each in own}
    assert ways <= gone
    record = {f"/clients/{client}"} if name != "clients" else set[str]()
    async with browser_at(smaller, "10.8.0.7", base_url=WORKSPACE) as browser:
        person = await signed(smaller, browser, role, sessions=sessions)
        for path in sorted(gone):
            assert (await person.get(path)).status_code == 404, path
        for path in sorted(pages_of(smaller) | record):
            now = await person.get(path)
            before = await whole.status(role, path, alike=path.removesuffix(client))
            assert now.status_code == before, path
            assert not links_in(now.text) & ways, path
        for way in own:
            found = await person.post("/search", q=way.label)
            assert found.status_code == 200
            assert not links_in(found.text) & ways


def test_most_features_can_be_off() -> None:
    """And those that others cannot run without are no secret: the start names them."""
    assert {"announcements", "appointments", "break_glass", "packets", "statements"} & set(OFF)
    assert not {"home", "oversight", "incidents", "sessions"} & set(OFF)


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (("incidents",), "incidents"),
        (("oversight",), "oversight"),
        (("home",), "home"),
        (("no_such_room",), "no_such_room"),
    ],
)
def test_combination_that_cannot_run_is_refused_by_name(
    settings: WorkspaceSettings, workspace_db: Database, off: tuple[str, ...], said: str
) -> None:
    """At the start, before anybody meets a page that is half there."""
    with pytest.raises(FeaturesWrong, match=said):
        workspace.build(msgspec.structs.replace(settings, features_off=off), workspace_db)


def test_each_feature_needs_whose_permissions_it_asks_for(edge: Edge) -> None:
    """Otherwise a page would stand there that nobody may open; one that says nothing is found."""
    assert unmet(FEATURES, edge, app="workspace") == []
    silent = [replace(each, needs=()) if each.name == "packets" else each for each in FEATURES]
    assert any(said.startswith("packets ") for said in unmet(silent, edge, app="workspace"))
