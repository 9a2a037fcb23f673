"""The relay ledger for the officer's eyes: found, counted, explained and verified."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.ledger_review import morning_page, weekly_packet
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
    forget_view,
    keep_view,
    ledger,
    proof,
    verify,
)
from lmhg_gateway.web.points import AskedOften, PacketLine, RedLine, SubjectPage
from lmhg_kit.feature import Feature, NavItem, Permission

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
        proof,
        keep_view,
        forget_view,
    ),
    messages={
        "view_name_taken": "You already have a view with this name. Choose another name.",
        "views_full": "You already have 40 views. Remove one, then save again.",
    },
    notices={
        "view.kept": "View saved.",
        "view.forgotten": "View removed. The entries are still there.",
    },
    ways=(
        NavItem(
            label="Sharing ledger",
            path="/compliance/ledger",
            icon="ledger",
            permission="compliance.read",
            section="Ledgers",
            order=30,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="ledger.export", roles=frozenset({COMPLIANCE})),),
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
            question="Why was this not shared?", path="/compliance/ledger?decision=refuse", order=10
        ),
        RedLine(morning_page.not_sound),
        SubjectPage("relay_ledger", "/compliance/ledger/checks/{}"),
        SubjectPage("access_ledger", "/compliance/ledger/checks/{}"),
        PacketLine(
            code="ledgers",
            title="Verified ledgers",
            question="Was each ledger checked from start to end since the week ended, with no problem?",
            order=130,
            count=weekly_packet.of_week,
            watched=("not_sound", "not_checked"),
        ),
    ),
)
