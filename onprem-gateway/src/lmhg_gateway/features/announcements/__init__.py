"""Announcements to staff, local until a second person approves."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE, IT_SUPPORT, STAFF
from lmhg_gateway.features.announcements import api
from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.announcements.pages import (
    approve,
    create,
    edit_page,
    find_announcements,
    listed,
    new_announcement,
    propose,
    refuse,
    save,
    view,
    withdraw,
)
from lmhg_gateway.features.announcements.service import approve as release
from lmhg_gateway.web.points import SubjectPage
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider
from lmhg_kit.releasing import Releasable

FEATURE = Feature(
    name="announcements",
    app="workspace",
    pages=(
        listed,
        new_announcement,
        create,
        view,
        edit_page,
        save,
        propose,
        approve,
        refuse,
        withdraw,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Announcements",
            short="News",
            path="/announcements",
            icon="announcement",
            permission="announcements.read",
            order=50,
        ),
    ),
    ways=(
        NavItem(
            label="New announcement",
            path="/announcements/new",
            icon="plus",
            permission="announcements.write",
        ),
    ),
    search=(
        SearchProvider(
            label="Announcements", permission="announcements.read", find=find_announcements
        ),
    ),
    messages={
        "announcement": "There is no such announcement.",
        "announcement_released": "This is on the portal. Take it back before you change it.",
        "announcement_proposed": "This is waiting for approval. Decline it first, then change it.",
        "announcement_changed": "The text changed after you opened it. Please read it again.",
        "request_open": "This is already waiting for approval.",
    },
    notices={
        "announcement.written": "Announcement saved. It stays in the office until a second person approves sharing it.",
        "announcement.saved": "Announcement saved.",
        "announcement.rewritten": "Announcement saved. The old approval no longer counts. Ask to share it again.",
        "announcement.proposed": "Sent for approval. A second person must approve it.",
        "announcement.approved": "Approved. After a check for client names, it goes to the portal.",
        "announcement.declined": "Declined. It stays in the office.",
        "announcement.withdrawn": "Taken back. The portal is removing it now.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="announcements.read", roles=EVERYONE, scope="announcements"),
        Permission(name="announcements.write", roles=EVERYONE - {IT_SUPPORT, STAFF}),
    ),
    models=(Announcement,),
    contributes=(
        SubjectPage("announcement", "/announcements/{}"),
        Releasable(
            kind="announcement",
            table="practice.announcement",
            title="Announcements",
            covers="Every announcement, title and text, for everyone on staff.",
            place="/announcements/",
            release=release,
        ),
    ),
    needs=("exemptions",),
)
