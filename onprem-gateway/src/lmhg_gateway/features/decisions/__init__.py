"""Decisions: what one person asks for and another one decides, about roles and two-step sign-in."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.decisions.bell import BELL
from lmhg_gateway.features.decisions.jobs import loops
from lmhg_gateway.features.decisions.models import Decision, Founding, OfficerNotice
from lmhg_gateway.features.decisions.pages import (
    PATH,
    PERMISSION,
    decide,
    overview,
    seen,
)
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="decisions",
    app="workspace",
    no_api="A decision asks for a person.",
    pages=(overview, decide, seen),
    nav=(
        NavItem(
            label="Decisions",
            path=PATH,
            icon="decide",
            permission=PERMISSION,
            order=81,
            primary=False,
        ),
    ),
    bell=BELL,
    messages={
        "decision": "There is no such request.",
        "decision_open": "Someone already asked for this. It needs a decision first.",
        "decision_made": "Someone already decided this. Nothing was changed.",
        "decision_own": "You asked for this, or it is about you. Someone else has to decide.",
        "decision_others": "Only the person who asked can cancel it. You can decline it.",
        "new_holder": (
            "One of you got a role through the other less than a month ago, so you two cannot"
            " approve for each other yet. Ask someone else to decide."
        ),
        "asker_left": "The person who asked has left, so this cannot be approved. Ask again.",
        "power_address": (
            "This person has the admin or compliance role, so the email can't change. Take the role"
            " away first."
        ),
    },
    notices={
        "decision.approved": "Approved. It counts now, and the officers were told.",
        "decision.declined": "Declined. Nothing changed, and the officers were told.",
        "decision.dropped": "Your request is canceled. Nothing changed.",
        "decision.seen": "Marked as read.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="powers.decide", roles=frozenset({COMPLIANCE, ADMIN})),),
    models=(
        Decision,
        OfficerNotice,
        Founding,
    ),
    loops={"worker": loops},
)
