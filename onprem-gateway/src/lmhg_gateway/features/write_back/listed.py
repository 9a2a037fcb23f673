"""The log of changes in IntakeQ, as data."""

from lmhg_gateway.features.write_back.views import PATH, ChangeRow
from lmhg_kit.http.list_part import Column, Link, ListPart, Tag

CHANGES = ListPart[ChangeRow](
    path=PATH,
    noun="change",
    kind="intakeq_change",
    columns=(
        Column(label="Client", phone="lead", get=lambda row: Link(row.client, f"{PATH}/{row.id}")),
        Column(label="What", get=lambda row: row.what),
        Column(label="State", phone="end", get=lambda row: Tag(row.said, row.tone)),
        Column(label="Asked by", phone="off", get=lambda row: row.asked_by),
        Column(label="Asked", get=lambda row: row.asked_at),
        Column(label="Reason", phone="off", get=lambda row: row.why),
    ),
)
