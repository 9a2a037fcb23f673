"""What a feature adds to a page of others is in a file of that page's name, so a name alone finds it."""

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_gateway.web import points as gateway
from lmhg_gateway.web.sync_points import IntakeLine
from lmhg_kit.feature import Feature
from lmhg_portal.feature_list import FEATURES as PORTAL
from lmhg_portal.web import points as portal

ROOT = Path(__file__).resolve().parents[3]
FILES: dict[type, str] = {
    gateway.HomeStats: "home_page",
    gateway.HomeCard: "home_page",
    portal.HomePart: "home_page",
    gateway.RedLine: "morning_page",
    gateway.MorningStats: "morning_page",
    gateway.MorningCard: "morning_page",
    gateway.StatusLine: "morning_page",
    gateway.PacketLine: "weekly_packet",
    IntakeLine: "intake_page",
    gateway.ClientSection: "client_page",
    gateway.ReferralSection: "referral_page",
}
"""The point that a contribution is for, and the file of the feature that decides what is shown."""


def asked(contribution: object) -> Callable[..., Any] | None:
    """The function that a contribution gives to its point."""
    for name in ("find", "load", "count"):
        found = getattr(contribution, name, None)
        if callable(found):
            return found
    return None


def misplaced(features: Sequence[Feature]) -> Iterator[str]:
    """Contributions whose function is in a file of another name."""
    for feature in features:
        for each in feature.contributes:
            wanted, found = FILES.get(type(each)), asked(each)
            if wanted is None or found is None or found is portal.nothing:
                continue
            file = found.__module__.rpartition(".")[2]
            if file != wanted:
                yield f"{feature.name}: {found.__name__} is in {file}.py, not {wanted}.py"


def bell_entries(text: str) -> list[int]:
    """Lines that declare an entry of the bell."""
    calls = (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call))
    return [each.lineno for each in calls if ast.unparse(each.func) == "BellEntry"]


@pytest.mark.parametrize("features", [GATEWAY, PORTAL])
def test_contribution_is_in_a_file_of_its_page(features: Sequence[Feature]) -> None:
    """Nobody opens four files to learn what the morning page shows of a feature."""
    assert list(misplaced(features)) == []


def test_contribution_in_another_file_is_found() -> None:
    """The negative control: a number of the home page that a service counts."""
    stats = gateway.HomeStats(permission="x", find=asked_elsewhere)
    wrong = Feature(name="rooms", contributes=(stats,))
    assert list(misplaced([wrong])) == [
        "rooms: asked_elsewhere is in test_contributions.py, not home_page.py"
    ]


async def asked_elsewhere(*_: object) -> Sequence[gateway.Stat]:
    """A count in no file of a page."""
    return ()


def test_bell_entry_is_in_a_bell_file() -> None:
    """Every feature's `bell.py`, and nowhere else; a list elsewhere is found."""
    folders = ("onprem-gateway/src/lmhg_gateway", "cloud-portal/src/lmhg_portal")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    wrong = [
        str(path.relative_to(ROOT))
        for path in files
        if path.name != "bell.py" and bell_entries(path.read_text())
    ]
    assert wrong == []
    assert bell_entries('BELL = (\n    BellEntry(label="x"),\n)\n') == [2]
