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
        "announcement_released": "This text is on the portal. Withdraw it before you change it.",
        "announcement_proposed": "Somebody is asked to approve this text. Decline it first.",
        "announcement_changed": "The text changed after you opened it. Read it again.",
        "request_open": "This is proposed already.",
    },
    notices={
        "announcement.written": "Written. It stays here until two people release it.",
        "announcement.saved": "The text is saved.",
        "announcement.proposed": "Proposed. Somebody else has to approve it now.",
        "announcement.approved": "Approved. It is screened and then appears on the portal.",
        "announcement.declined": "Declined. It stays here.",
        "announcement.withdrawn": "Withdrawn. The recall is on its way.",
    },
    templates=Path(__file__).parent / "templates",
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
            covers="Every announcement, title and text, to everybody on staff.",
            place="/announcements/",
            release=release,
        ),
    ),
    needs=("exemptions",),
)
