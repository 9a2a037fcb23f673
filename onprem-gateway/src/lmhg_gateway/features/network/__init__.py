"""The network policy as an administrator sees it."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.network.pages import network
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="network",
    app="workspace",
    no_api="It explains how the network is set up.",
    pages=(network,),
    nav=(
        NavItem(
            label="Network",
            path="/network",
            icon="network",
            permission="network.read",
            order=95,
            primary=False,
        ),
    ),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="network.read", roles=frozenset({ADMIN})),),
)
