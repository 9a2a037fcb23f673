"""The list of exemptions of single records, as data."""

from lmhg_gateway.features.exemptions.rules import STATES
from lmhg_gateway.features.exemptions.views import ExemptionRow
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.http.list_part import Cell, Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words

PATH = "/compliance/exemptions"


def _what(row: ExemptionRow) -> Cell:
    held = (Tag("Held for review", "warn"),) if row.is_held else ()
    return Link(row.title or words(row.kind), f"{PATH}/{row.id}", held)


def _about(row: ExemptionRow) -> Cell:
    return words(row.kind) if row.about else "No longer here"


def _until(row: ExemptionRow) -> Cell:
    return row.withdrawn_at or row.ends


SINGLE = ListPart[ExemptionRow](
    path=PATH,
    noun="approval",
    kind="exemption",
    columns=(
        Column(label="What", phone="lead", get=_what),
        Column(label="State", phone="end", get=lambda row: Tag(row.state, row.state_tone)),
        Column(label="Type of record", get=_about),
        Column(
            label="Asked and approved by",
            get=lambda row: row.people,
        ),
        Column(label="Granted", phone="off", get=lambda row: row.granted_at),
        Column(label="Until", get=_until),
    ),
)


def filters() -> tuple[Filter, ...]:
    """What can be asked for; the kinds are known once the features are."""
    kinds = ((each, words(each)) for each in sorted(RELEASED))
    return (
        Filter(name="kind", label="Type", options=(("", "Any"), *kinds)),
        Filter(
            name="state",
            label="State",
            options=(("", "Any"), *((each, words(each)) for each in STATES)),
        ),
    )
