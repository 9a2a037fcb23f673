"""The monthly statement: made by the worker from the ledgers alone, and the same bytes offline."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.statements.jobs import loops
from lmhg_gateway.features.statements.models import MonthStatement
from lmhg_gateway.features.statements.pages import bundle_file, choose, make, text, view, view_part
from lmhg_gateway.web.points import AskedOften
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="statements",
    app="workspace",
    no_api="A statement is signed by a person, and downloaded as a file.",
    pages=(choose, make, view, view_part, text, bundle_file),
    messages={
        "month": "There is no such month. Choose one from the list.",
        "month_not_over": "That month is not over yet. Try again after its last day.",
        "statement": "There is no such statement.",
    },
    ways=(
        NavItem(
            label="Monthly statement",
            path="/compliance/statement",
            icon="print",
            permission="compliance.read",
            section="Reports",
            order=51,
            short="Statement",
        ),
    ),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="statements.export", roles=frozenset({COMPLIANCE})),),
    models=(MonthStatement,),
    needs=("ledger_review", "oversight", "packets"),
    loops={"worker": loops},
    contributes=(
        AskedOften(question="Is last month complete?", path="/compliance/statement", order=50),
    ),
)
