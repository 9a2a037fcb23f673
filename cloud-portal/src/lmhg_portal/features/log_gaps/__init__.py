"""Events of the portal that could not become a line of its access log, as an officer hears of them."""

from pathlib import Path

from lmhg_contracts.roles import OVERSIGHT
from lmhg_kit.feature import Feature, NavItem, NoteProvider, Permission
from lmhg_portal.features.log_gaps.pages import PATH, PERMISSION, gaps_found, list_page

FEATURE = Feature(
    name="log_gaps",
    app="portal",
    pages=(list_page,),
    permissions=(Permission(name=PERMISSION, roles=OVERSIGHT),),
    ways=(NavItem(label="Access log problems", path=PATH, icon="eye", permission=PERMISSION),),
    notes=(NoteProvider(permission=PERMISSION, find=gaps_found),),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
