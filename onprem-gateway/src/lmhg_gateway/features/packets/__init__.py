"""Weekly packets: made each Monday, judged line by line, and signed by an officer."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.packets import models, morning_page, weekly_packet
from lmhg_gateway.features.packets.incident_codes import PACKET_LINE
from lmhg_gateway.features.packets.jobs import loops
from lmhg_gateway.features.packets.pages import content, judge, listed, make, sign, view
from lmhg_gateway.web.points import PacketLine, RedLine, StatusLine, SubjectPage
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="packets",
    app="workspace",
    no_api="A packet is read and signed by a person.",
    pages=(listed, make, view, judge, sign, content),
    messages={
        "packet": "There is no such packet.",
        "packet_signed": "This packet is signed, so it cannot change.",
        "packet_not_judged": "Review every line before you sign.",
        "packet_stands": "This packet is signed, so it cannot change.",
        "week_not_over": "That week is not over yet.",
    },
    notices={
        "packet.made": "Packet made. Review each line, then sign.",
        "packet.known": "This week already has a packet.",
        "packet.judged": "Review saved.",
        "packet.signed": "Packet signed. It cannot change from now on.",
    },
    ways=(
        NavItem(
            label="Weekly packets",
            path="/compliance/packets",
            icon="mail",
            permission="compliance.read",
            section="Reports",
            order=50,
            short="Packets",
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="packets.judge", roles=frozenset({COMPLIANCE})),
        Permission(name="packets.sign", roles=frozenset({COMPLIANCE})),
        Permission(name="packets.export", roles=frozenset({COMPLIANCE})),
    ),
    models=(models.Packet, models.PacketLine),
    needs=("incidents", "ledger_review", "oversight"),
    loops={"worker": loops},
    contributes=(
        RedLine(morning_page.late),
        StatusLine(morning_page.newest),
        PACKET_LINE,
        SubjectPage("packet", "/compliance/packets/{}"),
        PacketLine(
            code="late_packets",
            title="Earlier packets",
            question="Is any unsigned or signed late?",
            order=140,
            count=weekly_packet.of_week,
            watched=("unsigned", "signed_late"),
        ),
    ),
)
