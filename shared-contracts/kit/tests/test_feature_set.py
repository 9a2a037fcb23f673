"""Features together: what is on adds up, what is off is gone, and what cannot run says its name."""

from dataclasses import dataclass

import pytest

from lmhg_contracts.roles import ADMIN, EVERYONE
from lmhg_kit.feature import ANY_APP, Feature, NavItem, Permission
from lmhg_kit.feature_set import FeatureSet, FeaturesWrong
from lmhg_kit.releasing import Releasable, ReleasedKinds


@dataclass(frozen=True)
class Line:
    """A point for contributions."""

    said: str


READ = Permission(name="rooms.read", roles=EVERYONE, scope="rooms")
ROOMS = Feature(
    name="rooms",
    app="workspace",
    permissions=(READ, Permission(name="rooms.write", roles=frozenset({ADMIN}), scope="rooms")),
    nav=(NavItem(label="Rooms", path="/rooms", icon="home", permission="rooms.read"),),
    messages={"room": "There is no such room."},
    contributes=(Line("of rooms"),),
)
KEYS = Feature(name="keys", app="workspace", needs=("rooms",), contributes=(Line("of keys"),))
ELSEWHERE = Feature(name="elsewhere", app="identity", messages={"door": "Closed."})


def test_features_add_up_to_an_application() -> None:
    """What an application serves is its own; what is contributed comes from all."""
    found = FeatureSet((ROOMS, KEYS, ELSEWHERE), app="workspace")
    assert found.permissions == {"rooms.read": EVERYONE, "rooms.write": frozenset({ADMIN})}
    assert found.scopes == {"rooms": frozenset({"rooms.read", "rooms.write"})}
    assert [item.label for item in found.nav] == ["Rooms"]
    assert found.messages == {"room": "There is no such room."}
    assert [each.said for each in found.contributions(Line)] == ["of rooms", "of keys"]


def test_a_feature_of_any_application_is_served_where_it_stands() -> None:
    """The gallery is in whichever list has it."""
    anywhere = Feature(name="gallery", app=ANY_APP, messages={"part": "No such part."})
    assert FeatureSet((anywhere,), app="portal").messages == {"part": "No such part."}
    assert FeatureSet((anywhere,)).messages == {}


def test_a_feature_that_is_off_is_gone_with_what_it_adds() -> None:
    """Routes, permissions, navigation and contributions; its tables stay."""
    found = FeatureSet((ROOMS, KEYS), app="workspace", off=("keys",))
    assert [each.name for each in found] == ["rooms"]
    assert [each.said for each in found.contributions(Line)] == ["of rooms"]
    assert found.every == (ROOMS, KEYS)


WRONG = {
    "needs": (((ROOMS, KEYS), ("rooms",)), "keys needs rooms"),
    "unknown": (((ROOMS,), ("roms",)), "no feature is called roms"),
    "twice": (((ROOMS, ROOMS), ()), "declared twice, feature: rooms"),
    "permission": (
        ((ROOMS, Feature(name="b", permissions=(READ,))), ()),
        "declared twice, permission: rooms.read",
    ),
    "message": (
        ((ROOMS, Feature(name="b", messages={"room": "Other words."})), ()),
        "declared twice, messages: room",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_run_is_refused_by_name(name: str) -> None:
    """At the start, not at the first request."""
    (features, off), said = WRONG[name]
    with pytest.raises(FeaturesWrong, match=said):
        FeatureSet(features, off=off)


def test_a_kind_is_released_by_one_feature() -> None:
    """Two that declare it are refused; one is found by kind, by table, and by its page."""
    one = Releasable(kind="announcement", table="practice.announcement", place="/news/")
    released = ReleasedKinds()
    released.take([Feature(name="news", contributes=(one,))])
    assert list(released) == ["announcement"]
    assert released.tables["practice.announcement"].name == "announcement"
    assert released.page_of("announcement", 7) == "/news/7"
    assert released.page_of("ticket", 7) == ""
    twice = [Feature(name=name, contributes=(one,)) for name in ("news", "mail")]
    with pytest.raises(ValueError, match="released twice"):
        ReleasedKinds().take(twice)
