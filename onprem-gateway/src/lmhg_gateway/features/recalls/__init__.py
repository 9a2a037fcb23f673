"""Recalls: clients who were seen and have nothing booked."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.recalls import api
from lmhg_gateway.features.recalls.client_page import rows_of_client
from lmhg_gateway.features.recalls.home_page import at_home
from lmhg_gateway.features.recalls.models import Recall
from lmhg_gateway.features.recalls.pages import PAGES
from lmhg_gateway.features.recalls.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientSection, HomeStats
from lmhg_kit.feature import Feature, NavItem, Permission

_DESK = frozenset({FRONT_DESK, CLINICIAN, ADMIN})

FEATURE = Feature(
    name="recalls",
    app="workspace",
    pages=PAGES,
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Seen before, nothing booked",
            path="/recalls",
            icon="calendar",
            permission="recalls.read",
        ),
    ),
    messages={
        "recall": "Nothing was saved. Check what is marked.",
        "recall_changed": "Someone already changed this. Here is what is new.",
        "recall_of_other": "Someone else decided this. Decide again instead.",
    },
    notices={
        "recall.later": "Saved for {who}. The work list asks in that month.",
        "recall.over": "Saved for {who}. No one asks again.",
        "recall.undone": "Undone for {who}.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="recalls.read", roles=_DESK, scope="work"),
        Permission(name="recalls.write", roles=_DESK, scope="work"),
    ),
    models=(Recall,),
    contributes=(
        HomeStats(permission="recalls.write", find=at_home),
        ClientSection(
            permission="recalls.read", template="recalls/client_part.html", load=rows_of_client
        ),
        SOURCE,
        rows_by(Recall.client_id, noun="recall"),
    ),
    needs=("appointments", "work_list", "contacts", "referrals"),
)
