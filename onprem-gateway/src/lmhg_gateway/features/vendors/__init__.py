"""Vendors: every outside service, what it may see about clients, and the contract that allows it."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.vendors import api
from lmhg_gateway.features.vendors.models import Vendor
from lmhg_gateway.features.vendors.morning_page import red, status
from lmhg_gateway.features.vendors.pages import PAGES
from lmhg_gateway.features.vendors.weekly_packet import of_week
from lmhg_gateway.web.points import PacketLine, RedLine, StatusLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="vendors",
    app="workspace",
    needs=("oversight", "packets"),
    pages=PAGES,
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Outside services",
            path="/compliance/vendors",
            icon="people",
            permission="vendors.read",
            section="Reports",
            order=56,
        ),
    ),
    messages={
        "vendor": "We can't find this service.",
        "vendor_wrong": "Nothing was saved. Check what is marked.",
        "vendor_changed": "Someone already changed this. Here is what is new.",
    },
    notices={
        "vendor.added": "Service added.",
        "vendor.changed": "Service saved.",
        "vendor.ended": "Service moved to those no longer used.",
        "vendor.restored": "The service is back.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="vendors.read", roles=frozenset({COMPLIANCE, ADMIN}), scope="compliance"),
        Permission(name="vendors.write", roles=frozenset({COMPLIANCE, ADMIN})),
    ),
    models=(Vendor,),
    contributes=(
        RedLine(red),
        StatusLine(status),
        PacketLine(
            code="vendors",
            title="Outside services",
            question="Does each one that sees client information have a contract in order?",
            order=135,
            count=of_week,
            watched=("not_in_order",),
        ),
    ),
)
