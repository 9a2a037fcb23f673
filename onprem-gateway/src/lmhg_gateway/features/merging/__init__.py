"""Merging: two records of one person become one, and two again."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, FRONT_DESK
from lmhg_gateway.features.merging import api
from lmhg_gateway.features.merging.client_page import rows_of_client
from lmhg_gateway.features.merging.models import ClientMerge, ClientMergeRow
from lmhg_gateway.features.merging.pages import (
    find_other,
    find_page,
    merge,
    merge_page,
    preview_page,
    undo,
)
from lmhg_gateway.web.points import ClientAct, ClientSection, PairAct
from lmhg_kit.feature import Feature, Permission

FEATURE = Feature(
    name="merging",
    app="workspace",
    pages=(find_page, find_other, preview_page, merge, merge_page, undo),
    api=api.HANDLERS,
    messages={
        "client_merge": "There is no such merge.",
        "merge_inside": "The record that goes on was itself merged into another one. Undo that merge first.",
        "merge_undone": "Someone already undid this merge. Here is what is new.",
    },
    notices={
        "client.merge": "Records merged.",
        "client.merge_undone": "Undone. There are two records again.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="clients.merge", roles=frozenset({FRONT_DESK, ADMIN})),),
    models=(ClientMerge, ClientMergeRow),
    needs=("duplicates",),
    contributes=(
        PairAct(
            permission="clients.merge",
            label="Merge",
            path="/clients/{}/merge/{}?from=queue",
            key="m",
        ),
        ClientSection(
            permission="clients.merge", template="merging/client_part.html", load=rows_of_client
        ),
        ClientAct(
            permission="clients.merge", label="Merge with another record", path="/clients/{}/merge"
        ),
    ),
)
