"""Screening: no text leaves that names a client; no text stays in the cloud that does."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.screening.jobs import loops
from lmhg_gateway.features.screening.models import Allowance
from lmhg_gateway.features.screening.pages import KNOWN, approve, ask, overview, remove
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="screening",
    app="workspace",
    no_api="Which words may pass is decided by two people.",
    pages=(overview, ask, approve, remove),
    messages={
        "allowance_known": KNOWN,
        "allowance_decided": "Someone already decided about this word.",
        "screening_allowance": "There is no such allowed word.",
    },
    notices={
        "allowance.asked": "Request sent. Another officer must approve it first.",
        "allowance.approved": "Word allowed. It counts from the next check.",
        "allowance.declined": "Request canceled. Nothing was allowed.",
        "allowance.removed": "Word removed. It is held again from the next check.",
    },
    ways=(
        NavItem(
            label="Screening",
            path="/compliance/screening",
            icon="filter",
            permission="compliance.read",
            section="Sharing",
            order=23,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="screening.decide", roles=frozenset({COMPLIANCE})),),
    models=(Allowance,),
    needs=("oversight",),
    loops={"worker": loops},
)
