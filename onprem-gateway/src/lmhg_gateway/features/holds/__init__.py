"""Holds: records that screening keeps here until officers decide."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.holds import api, home_page, morning_page, weekly_packet
from lmhg_gateway.features.holds.bell import BELL
from lmhg_gateway.features.holds.jobs import loops
from lmhg_gateway.features.holds.models import HeldRecord
from lmhg_gateway.features.holds.pages import HANDLERS, MESSAGES, NOTICES
from lmhg_gateway.web.points import HomeStats, MorningStats, PacketLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="holds",
    app="workspace",
    pages=HANDLERS,
    api=api.HANDLERS,
    messages=MESSAGES,
    notices=NOTICES,
    ways=(
        NavItem(
            label="Held for review",
            path="/compliance/held",
            icon="inbox",
            permission="compliance.read",
            section="Sharing",
            order=20,
            short="Held",
        ),
    ),
    bell=BELL,
    permissions=(Permission(name="holds.decide", roles=frozenset({COMPLIANCE})),),
    models=(HeldRecord,),
    needs=("oversight",),
    loops={"worker": loops},
    contributes=(
        HomeStats(permission="compliance.read", find=home_page.at_home),
        MorningStats(morning_page.this_morning),
        PacketLine(
            code="held",
            title="Held for review",
            question="Was each one decided, and soon enough?",
            order=30,
            count=weekly_packet.of_week,
            watched=("waiting",),
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
