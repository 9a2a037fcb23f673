"""Incidents: what the planes noticed and officers saw, each resolved with its cause."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.incidents import api, home_page, morning_page, weekly_packet
from lmhg_gateway.features.incidents.bell import BELL
from lmhg_gateway.features.incidents.models import Incident, IncidentEvent
from lmhg_gateway.features.incidents.pages import HANDLERS, MESSAGES, NOTICES
from lmhg_gateway.features.incidents.rules import REPORTED
from lmhg_gateway.web.points import HomeStats, MorningStats, PacketLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="incidents",
    app="workspace",
    pages=HANDLERS,
    api=api.HANDLERS,
    messages=MESSAGES,
    notices=NOTICES,
    ways=(
        NavItem(
            label="Incidents",
            path="/compliance/incidents",
            icon="warning",
            permission="compliance.read",
            section="Checks",
            order=42,
        ),
    ),
    bell=BELL,
    permissions=(Permission(name="incidents.decide", roles=frozenset({COMPLIANCE})),),
    models=(Incident, IncidentEvent),
    needs=("oversight",),
    contributes=(
        REPORTED,
        HomeStats(permission="compliance.read", find=home_page.at_home),
        MorningStats(morning_page.this_morning),
        PacketLine(
            code="incidents",
            title="Incidents",
            question="Is someone working on each open one?",
            order=80,
            count=weekly_packet.of_week,
            watched=("open_now",),
        ),
    ),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
