"""The question mark on a page leads to the help of the feature that the page is of."""

from collections.abc import Sequence

import pytest
from litestar import Litestar

from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.help_topics import topics_by_route
from lmhg_portal.feature_list import FEATURES as PORTAL

APPS = [(GATEWAY, "workspace"), (GATEWAY, "identity"), (PORTAL, "portal")]


@pytest.mark.parametrize(("features", "app"), APPS, ids=[app for _, app in APPS])
def test_every_page_of_a_feature_with_help_leads_to_it(
    features: Sequence[Feature], app: str
) -> None:
    """A page with an id in its address leads there too: Litestar says a route's path without types."""
    served = FeatureSet(features, app=app)
    led = topics_by_route(served)
    lost: list[str] = []
    for feature in served.served:
        if feature.help is None or not feature.pages:
            continue
        topic = feature.help.parent.name.replace("_", "-")
        routes = Litestar(list(feature.pages), openapi_config=None).routes
        lost += [route.path for route in routes if led.get(route.path_format) != topic]
    assert lost == []
    assert led
