"""Imports: files of clients, checked row by row, imported with one stated fate a row, and undone as a whole."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.imports import api
from lmhg_gateway.features.imports.jobs import loops
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.pages import PAGES
from lmhg_gateway.features.imports.rules import REFUSED_WORDS
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="imports",
    app="workspace",
    needs=("clients", "duplicates", "referrals", "uploads"),
    pages=PAGES,
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Import clients and referrals",
            path="/imports",
            icon="plus",
            permission="imports.read",
        ),
    ),
    messages={
        "client_import": "We can't find this import.",
        "import_moved": "This import is at another step by now. Here is what is new.",
        "import_over": "It is too late to undo this import.",
        "import_columns": "Nothing was saved. Check what each column is.",
        "file_missing": "Choose a file.",
        **REFUSED_WORDS,
    },
    notices={
        "import.started": "Importing. You can close this page; it goes on.",
        "import.undoing": "Undoing the import.",
        "import.dropped": "File given up. Nothing was imported.",
        "import.added": "Client added.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="imports.read", roles=frozenset({ADMIN})),
        Permission(name="imports.write", roles=frozenset({ADMIN})),
    ),
    models=(ClientImport, ImportRow),
    loops={"worker": loops},
    contributes=(
        rows_by(ImportRow.client_id, noun=""),
        RetentionLine(
            code="imports",
            title="Files of imports",
            clock="The end of the import",
            order=35,
            after="30 days, then forgotten",
            is_settable=False,
        ),
    ),
)
