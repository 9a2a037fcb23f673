"""What of each record is in the cloud, and the way back."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, COMPLIANCE, FRONT_DESK
from lmhg_gateway.features.cloud_copies.models import KeptBack
from lmhg_gateway.features.cloud_copies.morning_page import late_recalls
from lmhg_gateway.features.cloud_copies.pages import HANDLERS, MESSAGES, NOTICES
from lmhg_gateway.web.points import AskedOften, RedLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="cloud_copies",
    app="workspace",
    no_api="Each look at a shared record is a person's, and on record as theirs.",
    pages=HANDLERS,
    messages=MESSAGES,
    notices=NOTICES,
    ways=(
        NavItem(
            label="What is on the portal",
            path="/compliance/cloud",
            icon="cloud",
            permission="compliance.read",
            section="Sharing",
            order=22,
            short="On the portal",
        ),
    ),
    permissions=(
        Permission(
            name="cloud_copy.read", roles=frozenset({FRONT_DESK, CLINICIAN, COMPLIANCE, ADMIN})
        ),
    ),
    models=(KeptBack,),
    needs=("exemptions", "oversight"),
    contributes=(
        AskedOften(question="What exactly is on the portal?", path="/compliance/cloud", order=20),
        RedLine(late_recalls),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
