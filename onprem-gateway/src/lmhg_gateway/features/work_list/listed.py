"""The work list, as data."""

from lmhg_gateway.features.work_list.rules import VIEWS
from lmhg_gateway.features.work_list.views import WorkRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart

PATH = "/work"
MINE = "mine"

WORK = ListPart[WorkRow](
    path=PATH,
    noun="person",
    kind="work_list",
    columns=(
        Column(label="Name", get=lambda row: Link(row.name, row.href)),
        Column(label="Urgency", get=lambda row: row.tag),
        Column(label="Next", get=lambda row: row.label),
        Column(label="Due", get=lambda row: row.due_at),
        Column(label="Last contact", get=lambda row: row.last),
        Column(label="Last contact at", get=lambda row: row.last_at),
        Column(label="Owner", get=lambda row: row.owner),
    ),
    filters=(
        Filter(name="view", label="Show", options=VIEWS),
        Filter(name="owner", label="Owner", options=(("", "Everyone's"), (MINE, "Only mine"))),
    ),
)
