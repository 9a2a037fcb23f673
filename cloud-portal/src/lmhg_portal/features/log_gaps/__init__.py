"""Events of the portal that could not become a line of its access log, as an officer hears of them."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_portal.features.log_gaps.bell import BELL
from lmhg_portal.features.log_gaps.pages import PATH, PERMISSION, list_page

FEATURE = Feature(
    name="log_gaps",
    app="portal",
    no_api="An officer hears of it by the bell, and asks a person.",
    pages=(list_page,),
    permissions=(Permission(name=PERMISSION, roles=frozenset({COMPLIANCE, ADMIN})),),
    ways=(NavItem(label="Access log problems", path=PATH, icon="eye", permission=PERMISSION),),
    bell=BELL,
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
