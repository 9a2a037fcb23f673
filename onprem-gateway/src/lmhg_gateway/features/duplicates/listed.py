"""The queue of pairs, as data."""

from lmhg_gateway.features.duplicates.views import PATH, PairRow
from lmhg_kit.http.list_part import Column, Link, ListPart, Tag

PAIRS = ListPart[PairRow](
    path=PATH,
    noun="pair",
    kind="client_pair",
    columns=(
        Column(
            label="Records",
            phone="lead",
            get=lambda row: Link(f"{row.one} and {row.other}", f"{PATH}/{row.id}"),
        ),
        Column(label="How sure", phone="end", get=lambda row: Tag(row.said, row.tone)),
        Column(label="Why", get=lambda row: row.why),
        Column(label="Found", phone="off", get=lambda row: row.found_at),
    ),
)
