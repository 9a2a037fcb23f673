"""Announcements of the practice."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider
from lmhg_portal.features.announcements import api
from lmhg_portal.features.announcements.home_page import newest
from lmhg_portal.features.announcements.pages import find_announcements, list_page, one_page
from lmhg_portal.web.points import Area, HomePart

FEATURE = Feature(
    name="announcements",
    app="portal",
    pages=(list_page, one_page),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Announcements",
            short="News",
            path="/announcements",
            icon="announcement",
            permission="announcements.read",
            order=30,
        ),
    ),
    search=(
        SearchProvider(
            label="Announcements", permission="announcements.read", find=find_announcements
        ),
    ),
    messages={
        "announcement_gone": "We can't find this announcement. The practice may have taken it back."
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="announcements.read", roles=EVERYONE),),
    contributes=(
        HomePart(
            area=Area.CARD, template="announcements/home_card_part.html", order=10, load=newest
        ),
    ),
)
