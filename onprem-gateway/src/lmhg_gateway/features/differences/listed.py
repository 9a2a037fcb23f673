"""The inbox of differences, as data."""

from lmhg_gateway.features.differences.views import PATH, DifferenceRow
from lmhg_kit.http.list_part import Column, Link, ListPart, Tag

DIFFERENCES = ListPart[DifferenceRow](
    path=PATH,
    noun="difference",
    kind="intakeq_difference",
    columns=(
        Column(label="Record", phone="lead", get=lambda row: Link(row.record, f"{PATH}/{row.id}")),
        Column(label="What", get=lambda row: row.field),
        Column(label="IntakeQ now", phone="off", get=lambda row: row.theirs),
        Column(label="Here", phone="off", get=lambda row: row.ours),
        Column(label="Last agreed", phone="off", get=lambda row: row.agreed),
        Column(label="Changed", get=lambda row: row.changed),
        Column(label="Suggestion", phone="end", get=lambda row: Tag(row.suggestion, "info")),
    ),
)
