"""The nightly check: what no message told us about is found within a day, and an outage is caught up."""

from pathlib import Path

from lmhg_gateway.features.reconcile import api
from lmhg_gateway.features.reconcile.intake_page import intake_lines
from lmhg_gateway.features.reconcile.jobs import loops
from lmhg_gateway.features.reconcile.models import IntakeqObject, SyncState
from lmhg_gateway.features.reconcile.morning_page import status_line
from lmhg_gateway.features.reconcile.pages import check_now, check_page
from lmhg_gateway.web.points import StatusLine
from lmhg_gateway.web.sync_points import IntakeLine
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="reconcile",
    app="workspace",
    pages=(check_page, check_now),
    api=api.HANDLERS,
    notices={"intake.check_wanted": "We look for missed changes now."},
    models=(SyncState, IntakeqObject),
    needs=("deliveries", "differences", "intakeq_people"),
    contributes=(
        IntakeLine(permission="intake.read", find=intake_lines),
        StatusLine(status_line),
    ),
    loops={"worker": loops},
    help=Path(__file__).parent / "help.md",
    templates=Path(__file__).parent / "templates",
)
