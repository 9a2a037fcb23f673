"""Home: what concerns me today."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_portal.features.home.pages import home_page

FEATURE = Feature(
    name="home",
    app="portal",
    no_api="It shows what other features answer for themselves.",
    pages=(home_page,),
    nav=(NavItem(label="Home", path="/", icon="home", permission="home.view", order=1),),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="home.view", roles=EVERYONE),),
    needs=("shell",),
)
