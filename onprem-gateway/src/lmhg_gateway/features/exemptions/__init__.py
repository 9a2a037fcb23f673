"""Exemptions: what may leave, by the word of two people."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.exemptions import api, home_page, morning_page, weekly_packet
from lmhg_gateway.features.exemptions.bell import BELL
from lmhg_gateway.features.exemptions.jobs import loops
from lmhg_gateway.features.exemptions.models import ExemptionRequest, Withdrawal
from lmhg_gateway.features.exemptions.pages import HANDLERS, MESSAGES, NOTICES
from lmhg_gateway.web.points import AskedOften, HomeStats, MorningCard, MorningStats, PacketLine
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_kit.persistence.exemptions import Exemption

FEATURE = Feature(
    name="exemptions",
    app="workspace",
    pages=HANDLERS,
    api=api.HANDLERS,
    messages=MESSAGES,
    notices=NOTICES,
    ways=(
        NavItem(
            label="Approvals to share",
            path="/compliance/exemptions",
            icon="check",
            permission="compliance.read",
            section="Sharing",
            order=21,
        ),
    ),
    bell=BELL,
    permissions=(
        Permission(name="exemptions.approve", roles=frozenset({COMPLIANCE, ADMIN})),
        Permission(name="exemptions.withdraw", roles=frozenset({COMPLIANCE, ADMIN})),
    ),
    models=(Exemption, ExemptionRequest, Withdrawal),
    needs=("cloud_copies", "holds", "oversight"),
    loops={"worker": loops},
    contributes=(
        AskedOften(question="Can it be taken back?", path="/compliance/exemptions", order=30),
        HomeStats(permission="compliance.read", find=home_page.at_home),
        MorningStats(morning_page.this_morning),
        MorningCard("exemptions/waiting_part.html", morning_page.open_requests),
        PacketLine(
            code="exemptions",
            title="Approvals to share",
            question="Is each one still needed? Which end soon?",
            order=40,
            count=weekly_packet.of_week,
        ),
        PacketLine(
            code="standing",
            title="Standing approvals to share",
            question="Did any change? Was that right?",
            order=50,
            count=weekly_packet.kinds_of_week,
            watched=("granted", "withdrawn"),
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
