"""Leaving: everything that the practice owns, in open formats, by two people and an operator."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.leaving.models import LeavingExport
from lmhg_gateway.features.leaving.pages import PAGES, PATH
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="leaving",
    app="workspace",
    needs=("documents",),
    pages=PAGES,
    no_api="an export of everything asks for two people and is written on the server",
    ways=(
        NavItem(
            label="Export of everything", path=PATH, icon="download", permission="leaving.read"
        ),
    ),
    messages={
        "leaving_asked": "Someone already asked for this. Decide or cancel that first.",
        "leaving_decided": "Someone already decided this. Here is what is new.",
        "leaving_export": "We can't find this export.",
        "leaving_own": "You asked for this, so someone else has to decide.",
    },
    notices={
        "leaving.asked": "Asked. A compliance officer has to approve it.",
        "leaving.approved": "Approved. IT support can write it within seven days.",
        "leaving.declined": "Declined. Nothing was written.",
        "leaving.dropped": "Canceled. Nothing was written.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="leaving.read", roles=frozenset({COMPLIANCE, ADMIN})),
        Permission(name="leaving.ask", roles=frozenset({ADMIN})),
        Permission(name="leaving.decide", roles=frozenset({COMPLIANCE})),
    ),
    models=(LeavingExport,),
    wall=Path(__file__).parent / "wall.sql",
)
