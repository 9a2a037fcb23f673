"""The relay ledger for the officer's eyes: found, counted, explained and verified."""

from pathlib import Path

from lmhg_gateway.features.ledger_review.jobs import loops
from lmhg_gateway.features.ledger_review.models import (
    LedgerCheck,
    LedgerDay,
    LedgerRow,
    ReviewState,
    SavedView,
)
from lmhg_gateway.features.ledger_review.pages import (
    check,
    check_part,
    entry,
    export,
    export_access,
    forget_view,
    keep_view,
    ledger,
    proof,
    verify,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="ledger_review",
    app="workspace",
    pages=(
        ledger,
        entry,
        verify,
        check,
        check_part,
        export,
        export_access,
        proof,
        keep_view,
        forget_view,
    ),
    messages={
        "view_name_taken": "You have a view of this name already. Nothing was kept; choose another.",
        "views_full": "You have 40 views. Remove one first; nothing was kept.",
    },
    notices={
        "view.kept": "The view is kept.",
        "view.forgotten": "The view is gone; the entries are untouched.",
    },
    templates=Path(__file__).parent / "templates",
    models=(
        LedgerRow,
        LedgerDay,
        ReviewState,
        LedgerCheck,
        SavedView,
    ),
    needs=("compliance",),
    loops={"worker": loops},
)
