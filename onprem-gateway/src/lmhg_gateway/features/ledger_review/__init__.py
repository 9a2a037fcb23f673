"""The relay ledger for the officer's eyes: found, counted, explained and verified."""

from pathlib import Path

from lmhg_gateway.features.ledger_review import standing
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
from lmhg_gateway.web.points import AskedOften, PacketLine, RedLine, SubjectPage
from lmhg_kit.feature import Feature, NavItem

FEATURE = Feature(
    name="ledger_review",
    app="workspace",
    no_api="The ledger is exported whole, to be verified without this program.",
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
    ways=(
        NavItem(
            label="Relay ledger",
            path="/compliance/ledger",
            icon="shield",
            permission="compliance.read",
            section="Ledgers",
            order=30,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    models=(
        LedgerRow,
        LedgerDay,
        ReviewState,
        LedgerCheck,
        SavedView,
    ),
    needs=("oversight",),
    loops={"worker": loops},
    contributes=(
        AskedOften(
            question="Why did this not cross?", path="/compliance/ledger?decision=refuse", order=10
        ),
        RedLine(standing.not_sound),
        SubjectPage("relay_ledger", "/compliance/ledger/checks/{}"),
        SubjectPage("access_ledger", "/compliance/ledger/checks/{}"),
        PacketLine(
            code="ledgers",
            title="Verified ledgers",
            question="Was each ledger verified as a whole since the week ended, and sound?",
            order=130,
            count=standing.of_week,
            watched=("not_sound", "not_checked"),
        ),
    ),
)
