"""The list of legal holds, as data."""

from lmhg_gateway.features.retention.morning_page import PATH
from lmhg_gateway.features.retention.views import HoldRow
from lmhg_kit.http.list_part import Cell, Column, Link, ListPart

HOLDS = f"{PATH}/holds"


def _about(row: HoldRow) -> Cell:
    return Link(row.about, row.href) if row.href else row.about


HOLDS_LIST = ListPart[HoldRow](
    path=HOLDS,
    noun="legal hold",
    kind="legal_hold",
    columns=(
        Column(label="About", phone="lead", get=_about),
        Column(label="Why", get=lambda row: row.why),
        Column(label="Placed by", get=lambda row: row.placed),
        Column(label="Placed", phone="end", get=lambda row: row.placed_at),
    ),
)
