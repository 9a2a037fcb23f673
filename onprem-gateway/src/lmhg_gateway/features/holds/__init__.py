"""Holds: records that screening keeps here until officers decide."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.holds import api, standing
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
    notes=(standing.WAITING,),
    permissions=(Permission(name="holds.decide", roles=frozenset({COMPLIANCE})),),
    models=(HeldRecord,),
    needs=("oversight",),
    loops={"worker": loops},
    contributes=(
        HomeStats(permission="compliance.read", find=standing.at_home),
        MorningStats(standing.this_morning),
        PacketLine(
            code="held",
            title="Held for review",
            question="Was each one decided, and soon enough?",
            order=30,
            count=standing.of_week,
            watched=("waiting",),
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
