"""The list of estimates, as data."""

from lmhg_gateway.features.estimates.repository import CLOSED, LATE, OPEN
from lmhg_gateway.features.estimates.views import EstimateRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.formats import long_day

PATH = "/estimates"

ESTIMATES = ListPart[EstimateRow](
    path=PATH,
    noun="estimate",
    kind="estimate",
    columns=(
        Column(label="Client", phone="lead", get=lambda row: Link(row.name, f"{PATH}/{row.id}")),
        Column(label="Because", get=lambda row: row.why),
        Column(
            label="Visit on",
            phone="off",
            get=lambda row: long_day(row.visit_on) if row.visit_on else None,
        ),
        Column(label="Give it by", get=lambda row: row.due_at),
        Column(label="State", phone="end", get=lambda row: Tag(row.state, row.state_tone)),
    ),
    filters=(
        Filter(
            name="state",
            label="State",
            options=((OPEN, "To give"), (LATE, "Late"), (CLOSED, "Closed")),
        ),
    ),
)
