"""Clients that IntakeQ has twice, or made one of: held for a person, and followed on request."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, FRONT_DESK
from lmhg_gateway.features.intakeq_people import api
from lmhg_gateway.features.intakeq_people.bell import BELL
from lmhg_gateway.features.intakeq_people.models import IntakeqArrival, IntakeqMerge
from lmhg_gateway.features.intakeq_people.pages import (
    arrival,
    ask_merge_again,
    is_other,
    is_same,
    leave_merge,
    people,
)
from lmhg_gateway.features.intakeq_people.views import PATH
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="intakeq_people",
    app="workspace",
    pages=(people, arrival, is_same, is_other, leave_merge, ask_merge_again),
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="IntakeQ clients to decide",
            path=PATH,
            icon="people",
            permission="intakeq_people.decide",
        ),
    ),
    bell=BELL,
    messages={
        "arrival": "There is no such client to decide.",
        "arrival_decided": "Someone already decided this. Here is what is new.",
        "intakeq_merge": "There is no such merge in IntakeQ.",
        "merge_decided": "Someone already decided this. Here is what is new.",
    },
    notices={
        "intakeq_people.same": "Saved. What IntakeQ has goes to this record from now on.",
        "intakeq_people.other": "Saved. They have a record of their own.",
        "intakeq_people.left": "Saved. The two records stay apart here.",
        "intakeq_people.asked_again": "Undone. It waits again.",
    },
    permissions=(Permission(name="intakeq_people.decide", roles=frozenset({FRONT_DESK, ADMIN})),),
    models=(IntakeqArrival, IntakeqMerge),
    needs=("duplicates", "merging"),
    contributes=(rows_by(IntakeqArrival.client_id, noun="client of IntakeQ to decide"),),
    help=Path(__file__).parent / "help.md",
    templates=Path(__file__).parent / "templates",
)
