"""Downtime: a sealed packet with the schedule and the phones, made each hour, opened with a printed key."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, COMPLIANCE, FRONT_DESK
from lmhg_gateway.features.downtime import api
from lmhg_gateway.features.downtime.jobs import loops
from lmhg_gateway.features.downtime.models import DowntimeKey, DowntimeOpening, DowntimePacket
from lmhg_gateway.features.downtime.morning_page import red, status
from lmhg_gateway.features.downtime.pages import PAGES
from lmhg_gateway.features.downtime.weekly_packet import of_week
from lmhg_gateway.web.points import PacketLine, RedLine, StatusLine
from lmhg_kit.feature import Feature, NavItem, Permission

_OFFICE = frozenset({FRONT_DESK, CLINICIAN, ADMIN})

FEATURE = Feature(
    name="downtime",
    app="workspace",
    needs=("appointments", "clients", "oversight", "packets"),
    pages=PAGES,
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="When the system is down",
            path="/downtime",
            icon="print",
            permission="downtime.read",
            order=95,
        ),
    ),
    messages={
        "downtime_none": "There is no packet yet. It is made within five minutes after a key was printed.",
        "downtime_packet": "We can't find this packet. Packets are kept for 7 days.",
        "downtime_said": "Someone answered this already.",
    },
    notices={
        "downtime.opened": "Noted. Now print a new key: the old one was used.",
        "downtime.unopened": "Noted: no one opened the packet.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="downtime.read", roles=_OFFICE | {COMPLIANCE}, scope="downtime"),
        Permission(name="downtime.write", roles=_OFFICE, scope="downtime"),
        Permission(name="downtime.key", roles=frozenset({ADMIN})),
    ),
    models=(DowntimeKey, DowntimePacket, DowntimeOpening),
    loops={"worker": loops},
    contributes=(
        RedLine(red),
        StatusLine(status),
        PacketLine(
            code="downtime",
            title="When the system is down",
            question="Was each opened packet needed, and is each outage answered?",
            order=137,
            count=of_week,
            watched=("opened", "unanswered"),
        ),
    ),
)
