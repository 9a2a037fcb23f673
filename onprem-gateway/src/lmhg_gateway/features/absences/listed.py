"""The list of absences, as data."""

from lmhg_gateway.features.absences.repository import CANCELED, NOW, OVER
from lmhg_gateway.features.absences.views import AbsenceRow
from lmhg_kit.http.list_part import Cell, Column, Filter, Link, ListPart, Tag

PATH = "/absences"


def _cover(row: AbsenceRow) -> Cell:
    return Tag(row.cover, row.cover_tone) if row.cover else ""


ABSENCES = ListPart[AbsenceRow](
    path=PATH,
    noun="absence",
    kind="absence",
    columns=(
        Column(label="Who", phone="lead", get=lambda row: Link(row.name, f"{PATH}/{row.id}")),
        Column(label="When", get=lambda row: row.days),
        Column(label="Why", phone="off", get=lambda row: row.reason),
        Column(label="State", get=lambda row: Tag(row.state, row.state_tone)),
        Column(label="Clients", phone="end", get=_cover),
    ),
    filters=(
        Filter(
            name="which",
            label="Show",
            options=((NOW, "Now and to come"), (OVER, "Over"), (CANCELED, "Canceled")),
        ),
    ),
)
