"""For tests: what has to be gone, and what has to stand, where a feature is off."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet, FeaturesWrong
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge

_LINK = re.compile(r'href="([^"#?]*)')


def switchable(every: Sequence[Feature], *, app: str) -> list[str]:
    """Features of an application that may be off while all others are on."""
    return [each.name for each in every if each.app == app and _can_be_off(every, each.name)]


def _can_be_off(every: Sequence[Feature], name: str) -> bool:
    try:
        FeatureSet(every, off=(name,))
    except FeaturesWrong:
        return False
    return True


def pages_of(edge: Edge) -> set[str]:
    """Addresses without a parameter that a browser may open."""
    routes = guarded_routes(edge.inner)
    return {path for path, method, _ in routes if method == "GET" and "{" not in path}


def links_in(text: str) -> set[str]:
    """Where a page leads, without what follows a question mark or a hash."""
    return set(_LINK.findall(text))


def unmet(every: Sequence[Feature], edge: Edge, *, app: str) -> list[str]:
    """Features whose routes ask for a permission that neither they nor what they need declare."""
    by_name = {each.name: each for each in every}
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for path, _, access in guarded_routes(edge.inner):
        if access and access.permission:
            asked[path].add(access.permission)
    found: list[str] = []
    for each in (one for one in every if one.app == app):
        known = {p.name for room in _with_needs(by_name, each.name) for p in room.permissions}
        wanted = {name for path in _paths(each) for name in asked[path]}
        found += [f"{each.name} {name}" for name in sorted(wanted - known)]
    return found


def _with_needs(by_name: dict[str, Feature], name: str) -> Iterable[Feature]:
    waiting, seen = [name], set[str]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += by_name[here].needs
    return [by_name[each] for each in seen]


def _paths(feature: Feature) -> set[str]:
    handlers = (*feature.pages, *feature.api)
    return {path for each in handlers for path in getattr(each, "paths", ())}
