"""The list of incidents, as data."""

from collections.abc import Iterable

from lmhg_gateway.features.incidents.views import IncidentRow
from lmhg_kit.http.list_part import Cell, Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words

PATH = "/compliance/incidents"


def _who(row: IncidentRow) -> Cell:
    if row.closed_at:
        return f"{row.closed_by}: {row.cause}"
    return row.assignee or Tag("Not assigned", "warn")


INCIDENTS = ListPart[IncidentRow](
    path=PATH,
    noun="incident",
    kind="incident",
    columns=(
        Column(label="What", phone="lead", get=lambda row: Link(row.title, f"{PATH}/{row.id}")),
        Column(label="About", get=lambda row: words(row.subject_kind)),
        Column(label="Noticed", sort="noticed", get=lambda row: row.opened_at),
        Column(label="Resolved", phone="off", get=lambda row: row.closed_at),
        Column(label="Who", get=_who),
    ),
    sorts=(("-noticed", "Newest first"), ("noticed", "Oldest first")),
)
STATE = Filter(name="state", label="State", options=(("open", "Open"), ("closed", "Resolved")))
WHO = Filter(
    name="who", label="Who", options=(("", "Anyone"), ("mine", "Mine"), ("nobody", "Not assigned"))
)


def filters_of(codes: Iterable[tuple[str, str]]) -> tuple[Filter, ...]:
    """What can be asked for, by the codes that features declare."""
    what = Filter(name="code", label="What", options=(("", "Anything"), *codes))
    return (STATE, what, WHO)
