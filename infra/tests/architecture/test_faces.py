"""Every feature has both faces, or says why not; and its API is no picture of its pages."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

import lmhg_gateway.features
import lmhg_portal.features
from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_portal.feature_list import FEATURES as PORTAL

FOLDERS = tuple(
    Path(package.__path__[0]) for package in (lmhg_gateway.features, lmhg_portal.features)
)


def one_faced(features: Sequence[Feature]) -> list[str]:
    """Features with pages that neither have an API nor say why, or that do both."""
    return [each.name for each in features if each.pages and bool(each.api) == bool(each.no_api)]


def views_in(text: str) -> list[str]:
    """Modules of views that an API imports: what a page shows is no promise to a program."""
    named = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ImportFrom)]
    return [
        f"{each.module}.{alias.name}"
        for each in named
        for alias in each.names
        if (
            "views" in (alias.name, (each.module or "").rpartition(".")[2])
            and alias.name[0].isupper()
        )
        or alias.name == "views"
    ]


@pytest.mark.parametrize("features", [GATEWAY, PORTAL], ids=["gateway", "portal"])
def test_feature_has_both_faces_or_says_why_not(features: Sequence[Feature]) -> None:
    """A feature that only people can use is a decision, written where the feature is declared."""
    assert one_faced(features) == []


def test_feature_without_api_or_reason_is_found() -> None:
    """The negative control."""

    async def shown() -> None:
        """A page."""

    bare = Feature(name="bare", pages=(shown,))
    both = Feature(name="both", pages=(shown,), api=(shown,), no_api="It has one.")
    said = Feature(name="said", pages=(shown,), no_api="A person has to see it.")
    assert one_faced((bare, both, said)) == ["bare", "both"]


def test_api_has_structs_of_its_own() -> None:
    """No api.py answers with what a page shows."""
    found = {
        str(path.relative_to(folder)): names
        for folder in FOLDERS
        for path in folder.glob("*/api.py")
        if (names := views_in(path.read_text()))
    }
    assert found == {}


def test_view_in_an_api_is_found() -> None:
    """The negative control; functions that compute are no structs."""
    assert views_in("from a.features.b import service, views\n") == ["a.features.b.views"]
    assert views_in("from a.features.b.views import Row\n") == ["a.features.b.views.Row"]
    assert views_in("from a.features.b.views import week_start\n") == []
