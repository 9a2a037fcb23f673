"""Who may do what is decided where it is done: a permission is declared beside the routes that ask."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from litestar.handlers import HTTPRouteHandler

from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature, Permission
from lmhg_kit.http.access import OPT, Access
from lmhg_portal.feature_list import FEATURES as PORTAL

PLANES = (GATEWAY, PORTAL)


def asked_for(feature: Feature) -> Iterator[str]:
    """The permissions that the routes of a feature ask for."""
    for handler in (*feature.pages, *feature.api):
        assert isinstance(handler, HTTPRouteHandler), feature.name
        access = (handler.opt or {}).get(OPT)
        if isinstance(access, Access) and access.permission:
            yield access.permission


def declared_apart(features: Sequence[Feature]) -> list[str]:
    """Permissions that no route asks for where they are declared, though routes elsewhere do."""
    routes = {each.name: set(asked_for(each)) for each in features}
    wrong: list[str] = []
    for feature in features:
        for permission in feature.permissions:
            name = permission.name
            others = [room for room, asked in routes.items() if name in asked]
            if others and feature.name not in others:
                wrong.append(f"{name}: declared by {feature.name}, asked for by {others}")
    return wrong


def moved(features: Sequence[Feature], permission: Permission, *, to: str) -> list[Feature]:
    """The features with a permission that another of them declares."""
    return [
        replace(
            each,
            permissions=(
                *(found for found in each.permissions if found != permission),
                *((permission,) if each.name == to else ()),
            ),
        )
        for each in features
    ]


@pytest.mark.parametrize("features", PLANES)
def test_permission_is_declared_where_a_route_asks_for_it(features: Sequence[Feature]) -> None:
    """Once `compliance.export` was declared by the morning page, and asked for by four others."""
    assert declared_apart(features) == []


def test_permission_declared_elsewhere_is_found() -> None:
    """The negative control: the permission to export the access ledger, back on the morning page."""
    (export,) = (
        each for found in GATEWAY for each in found.permissions if each.name == "access_log.export"
    )
    assert declared_apart(moved(GATEWAY, export, to="oversight")) == [
        "access_log.export: declared by oversight, asked for by ['access_log']"
    ]
