"""Screening: no text leaves that names a client; no text stays in the cloud that does."""

from pathlib import Path

from lmhg_gateway.features.screening.jobs import loops
from lmhg_gateway.features.screening.models import Allowance
from lmhg_gateway.features.screening.pages import KNOWN, approve, ask, overview, remove
from lmhg_kit.feature import Feature, NavItem

FEATURE = Feature(
    name="screening",
    app="workspace",
    no_api="Which words may pass is decided by two people.",
    pages=(overview, ask, approve, remove),
    messages={
        "allowance_known": KNOWN,
        "allowance_decided": "Somebody decided about this word while you were looking at it.",
        "screening_allowance": "There is no such allowed word.",
    },
    notices={
        "allowance.asked": "Asked. Another officer has to approve it before it counts.",
        "allowance.approved": "Allowed. Screening knows it from its next look.",
        "allowance.declined": "Taken back before it counted. Nothing was allowed.",
        "allowance.removed": "Removed. Screening holds it again from its next look.",
    },
    ways=(
        NavItem(
            label="Screening",
            path="/compliance/screening",
            icon="shield",
            permission="compliance.read",
            section="Leaving",
            order=23,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    models=(Allowance,),
    needs=("oversight",),
    loops={"worker": loops},
)
