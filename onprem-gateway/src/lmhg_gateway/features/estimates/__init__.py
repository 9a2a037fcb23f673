"""Good-faith estimates: who pays themselves is owed one in time; no billing."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, COMPLIANCE, FRONT_DESK
from lmhg_gateway.features.estimates import api
from lmhg_gateway.features.estimates.client_page import rows_of_client
from lmhg_gateway.features.estimates.jobs import loops
from lmhg_gateway.features.estimates.models import Estimate
from lmhg_gateway.features.estimates.morning_page import how_they_are
from lmhg_gateway.features.estimates.pages import (
    add_estimate,
    drop_estimate,
    estimate_list,
    estimate_page,
    give_estimate,
    new_estimate,
    reopen_estimate,
)
from lmhg_gateway.features.estimates.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientSection, StatusLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="estimates",
    app="workspace",
    needs=("appointments", "clients", "documents", "office_hours", "referrals", "work_list"),
    pages=(
        estimate_list,
        new_estimate,
        add_estimate,
        estimate_page,
        give_estimate,
        drop_estimate,
        reopen_estimate,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Estimates",
            path="/estimates",
            icon="chart",
            permission="estimates.read",
            order=46,
            primary=False,
        ),
    ),
    messages={
        "estimate": "We can't find this estimate.",
        "estimate_closed": "This estimate is closed already.",
        "estimate_undo": "An answer can be taken back for 10 minutes, by the person who gave it.",
    },
    notices={
        "estimate.opened": "Estimate opened for {who}. The day by which to give it is set.",
        "estimate.given": "Estimate given for {who}.",
        "estimate.not_owed": "Closed for {who}: none is needed.",
        "estimate.reopened": "The estimate is open again for {who}.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="estimates.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, COMPLIANCE, BREAK_GLASS}),
            scope="estimates",
        ),
        Permission(
            name="estimates.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="estimates",
        ),
    ),
    models=(Estimate,),
    loops={"worker": loops},
    contributes=(
        SOURCE,
        rows_by(Estimate.client_id, noun="estimate"),
        ClientSection(
            permission="estimates.read",
            template="estimates/client_part.html",
            load=rows_of_client,
        ),
        StatusLine(how_they_are),
    ),
)
