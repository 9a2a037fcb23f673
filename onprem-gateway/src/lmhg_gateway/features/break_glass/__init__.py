"""Break-glass: read access to clients in an emergency, for a short time, in everybody's sight."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE, EVERYONE
from lmhg_gateway.features.break_glass.bell import BELL
from lmhg_gateway.features.break_glass.incident_codes import OPENED
from lmhg_gateway.features.break_glass.jobs import loops
from lmhg_gateway.features.break_glass.models import BreakGlass
from lmhg_gateway.features.break_glass.pages import (
    end_glass,
    open_glass,
    overview,
    review,
)
from lmhg_gateway.features.break_glass.weekly_packet import of_week
from lmhg_gateway.web.points import PacketLine, SubjectPage
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="break_glass",
    app="workspace",
    no_api="An emergency is a person's.",
    pages=(overview, open_glass, end_glass, review),
    nav=(
        NavItem(
            label="Emergency access",
            path="/break-glass",
            icon="warning",
            permission="break_glass.open",
            order=90,
            primary=False,
        ),
    ),
    bell=BELL,
    messages={
        "glass_already_open": "Your emergency access is already open. End it before you open it again.",
        "own_break_glass": "This is your own access, so someone else must review it.",
        "already_reviewed": "Another officer already reviewed this.",
    },
    notices={
        "break_glass.open": "You can read client information now. The compliance officers have been told.",
        "break_glass.ended": "Emergency access ended.",
        "break_glass.reviewed": "Review saved.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="break_glass.open", roles=EVERYONE),
        Permission(name="break_glass.review", roles=frozenset({COMPLIANCE})),
    ),
    models=(BreakGlass,),
    loops={"worker": loops},
    contributes=(
        OPENED,
        SubjectPage("break_glass", "/break-glass"),
        PacketLine(
            code="break_glass",
            title="Emergency access",
            question="Was each use reviewed?",
            order=90,
            count=of_week,
            watched=("not_reviewed", "judged_incident"),
        ),
    ),
)
