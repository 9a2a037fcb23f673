"""The first page: what waits for this person."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE
from lmhg_gateway.features.home.pages import home
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="home",
    app="workspace",
    no_api="It shows what other features answer for themselves.",
    pages=(home,),
    nav=(NavItem(label="Home", path="/", icon="home", permission="home.view", order=10),),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="home.view", roles=EVERYONE),),
    needs=("shell",),
)
