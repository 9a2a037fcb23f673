"""Differences: what IntakeQ and the office have differently, and who of them is right."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, FRONT_DESK
from lmhg_gateway.features.differences import api
from lmhg_gateway.features.differences.bell import BELL
from lmhg_gateway.features.differences.models import IntakeqCopy, IntakeqDifference
from lmhg_gateway.features.differences.pages import (
    decide_all,
    difference,
    differences,
    keep_ours,
    undo_all,
    undo_one,
    use_theirs,
)
from lmhg_gateway.features.differences.views import PATH
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="differences",
    app="workspace",
    pages=(differences, difference, use_theirs, keep_ours, undo_one, decide_all, undo_all),
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Differences with IntakeQ",
            path=PATH,
            icon="decide",
            permission="differences.decide",
        ),
    ),
    bell=BELL,
    messages={
        "difference": "There is no such difference.",
        "difference_decided": "Someone already decided this. Here is what is new.",
        "differences_others": "Some of these were decided or changed since you opened the page. Nothing was"
        " saved. Here is what there is now.",
        "difference_changed": "The record was changed since. Look at it again.",
    },
    notices={
        "difference.theirs": "Saved. We use what IntakeQ has.",
        "difference.ours": "Saved. We keep what we have.",
        "difference.all": "Saved for all of them.",
        "difference.none": "Nothing was left to decide.",
        "difference.undone": "Undone. It waits again.",
    },
    permissions=(Permission(name="differences.decide", roles=frozenset({FRONT_DESK, ADMIN})),),
    models=(IntakeqCopy, IntakeqDifference),
    contributes=(rows_by(IntakeqDifference.client_id, noun="difference with IntakeQ"),),
    help=Path(__file__).parent / "help.md",
    templates=Path(__file__).parent / "templates",
)
