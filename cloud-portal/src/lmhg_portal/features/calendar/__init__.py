"""Calendar: when clinicians are busy."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider
from lmhg_portal.features.calendar import api
from lmhg_portal.features.calendar.home_page import left_today
from lmhg_portal.features.calendar.pages import calendar_page, find_weeks
from lmhg_portal.web.points import Area, HomePart

FEATURE = Feature(
    name="calendar",
    app="portal",
    pages=(calendar_page,),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Calendar",
            path="/calendar",
            icon="calendar",
            permission="calendar.read",
            order=20,
        ),
    ),
    search=(SearchProvider(label="Calendar", permission="calendar.read", find=find_weeks),),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="calendar.read", roles=EVERYONE),),
    contributes=(
        HomePart(
            area=Area.STAT, template="calendar/home_stat_part.html", order=20, load=left_today
        ),
    ),
)
