"""Break-glass: read access to clients in an emergency, for a short time, in everybody's sight."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE, OFFICER
from lmhg_gateway.features.break_glass.incident_codes import OPENED
from lmhg_gateway.features.break_glass.jobs import loops
from lmhg_gateway.features.break_glass.models import BreakGlass
from lmhg_gateway.features.break_glass.pages import (
    end_glass,
    open_glass,
    overview,
    review,
)
from lmhg_gateway.features.break_glass.repository import TO_REVIEW
from lmhg_gateway.features.break_glass.standing import of_week
from lmhg_gateway.web.points import PacketLine, SubjectPage
from lmhg_kit.feature import Feature, NavItem, NoteProvider, Permission

FEATURE = Feature(
    name="break_glass",
    app="workspace",
    no_api="An emergency is a person's.",
    pages=(overview, open_glass, end_glass, review),
    nav=(
        NavItem(
            label="Break-glass",
            path="/break-glass",
            icon="warning",
            permission="break_glass.open",
            order=90,
            primary=False,
        ),
    ),
    notes=(
        NoteProvider(
            permission="break_glass.review",
            label="Break-glass to review",
            href="/break-glass",
            count=TO_REVIEW,
            kind="bad",
        ),
    ),
    messages={
        "glass_already_open": "Your access is open already. End it before you open it again.",
        "own_break_glass": "Somebody else has to review this one: it is your own.",
        "already_reviewed": "Another officer has reviewed this one already.",
    },
    notices={
        "break_glass.open": "You can read client information now. The compliance officers have been told.",
        "break_glass.ended": "The access has ended.",
        "break_glass.reviewed": "Your review is kept.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    permissions=(
        Permission(name="break_glass.open", roles=EVERYONE),
        Permission(name="break_glass.review", roles=OFFICER),
    ),
    models=(BreakGlass,),
    loops={"worker": loops},
    contributes=(
        OPENED,
        SubjectPage("break_glass", "/break-glass"),
        PacketLine(
            code="break_glass",
            title="Break-glass",
            question="Was each opening reviewed?",
            order=90,
            count=of_week,
            watched=("not_reviewed", "judged_incident"),
        ),
    ),
)
