"""The funnel: how far referrals came, by source and month, and each one's whole standing in one row."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.funnel import api
from lmhg_gateway.features.funnel.pages import funnel, standing
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="funnel",
    app="workspace",
    pages=(funnel, standing),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Funnel",
            path="/funnel",
            icon="chart",
            permission="funnel.read",
            order=34,
            primary=False,
        ),
    ),
    ways=(
        NavItem(label="All referrals", path="/standing", icon="referral", permission="funnel.read"),
    ),
    messages={"funnel_month": "Write a month such as 2026-11."},
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="funnel.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="referrals",
        ),
    ),
    needs=("referrals",),
)
