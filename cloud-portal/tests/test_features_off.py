"""A feature that is off is gone with all that it adds to others, and nothing else breaks."""

import msgspec
import pytest

from lmhg_kit.feature_set import FeaturesWrong
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Signed, browser_at, sign_in
from lmhg_kit.http.without import links_in, pages_of, switchable, unmet
from lmhg_kit.persistence import Database
from lmhg_portal.app import portal
from lmhg_portal.feature_list import FEATURES
from lmhg_portal.kernel.settings import PortalSettings

from .conftest import PEOPLE, PORTAL, portal_of  # noqa: TID252 - beside this file

OFF = switchable(FEATURES, app="portal")
BY_NAME = {each.name: each for each in FEATURES}
SIGNING_IN = {"/sign-in", "/sign-in/callback"}
"""Pages that lead to the issuer at once."""


@pytest.mark.parametrize("name", OFF)
@pytest.mark.parametrize("role", ["it_support", "compliance", "staff"])
async def test_what_is_off_is_gone_and_the_rest_stands(
    settings: PortalSettings, portal_db: Database, edge: Edge, name: str, role: str
) -> None:
    """No route, no entry of navigation or search; every other page answers as before."""
    own = (*BY_NAME[name].nav, *BY_NAME[name].ways)
    ways = {each.path for each in own}
    async with (
        portal_of(msgspec.structs.replace(settings, features_off=(name,)), portal_db) as smaller,
        browser_at(smaller, "203.0.113.7", base_url=PORTAL) as browser,
        browser_at(edge, "203.0.113.7", base_url=PORTAL) as other,
    ):
        account = str(PEOPLE[role])
        person = Signed(browser, await sign_in(browser, smaller, role, account_id=account))
        whole = Signed(other, await sign_in(other, edge, role, account_id=account))
        gone = pages_of(edge) - pages_of(smaller)
        assert ways <= gone
        for path in sorted(gone):
            assert (await person.get(path)).status_code == 404, path
        for path in sorted(pages_of(smaller) - SIGNING_IN):
            now, before = await person.get(path), await whole.get(path)
            assert now.status_code == before.status_code, path
            assert not links_in(now.text) & ways, path
        for way in own:
            found = await person.post("/search", q=way.label)
            assert found.status_code == 200
            assert not links_in(found.text) & ways


@pytest.mark.parametrize("name", ["home", "identity", "shell"])
def test_combination_that_cannot_run_is_refused_by_name(
    settings: PortalSettings, portal_db: Database, name: str
) -> None:
    """At the start, before anybody meets a page that is half there."""
    with pytest.raises(FeaturesWrong, match=name):
        portal.build(msgspec.structs.replace(settings, features_off=(name,)), portal_db)
    assert name not in OFF


def test_each_feature_needs_whose_permissions_it_asks_for(edge: Edge) -> None:
    """Otherwise a page would stand there that nobody may open."""
    assert unmet(FEATURES, edge, app="portal") == []
    assert {"tickets", "calendar", "announcements", "log_gaps"} <= set(OFF)
