"""The list of held records, as data."""

from lmhg_contracts.registry import KINDS
from lmhg_gateway.features.holds.rules import HELD_RULES, OUTCOMES, HeldRule
from lmhg_gateway.features.holds.views import HeldRow
from lmhg_kit.http.list_part import Cell, Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import short_number

PATH = "/compliance/held"


def _by_name(pair: tuple[str, HeldRule]) -> str:
    return pair[1].name


def _rule(row: HeldRow) -> Cell:
    more = len(row.found) - 1
    return Tag(row.rule + (f" and {more} more" if more else ""), "bad")


def _decision(row: HeldRow) -> Cell:
    if row.outcome != "waiting":
        return row.decided_by
    if row.proposed_at:
        return Tag("Waiting for a second officer", "warn")
    return "Needs one officer" if row.officers == 1 else "Needs two officers"


def _waits(row: HeldRow) -> Cell:
    return f"{row.waits} ago" if row.outcome == "waiting" else row.decided_at


HELD = ListPart[HeldRow](
    path=PATH,
    noun="record",
    kind="held_record",
    columns=(
        Column(
            label="Record",
            phone="lead",
            get=lambda row: Link(
                f"{words(row.kind)} {short_number(row.record_id)}", f"{PATH}/{row.id}"
            ),
        ),
        Column(label="Rule", phone="end", get=_rule),
        Column(label="Field", get=lambda row: row.place.capitalize()),
        Column(label="Held", phone="off", get=lambda row: row.held_at),
        Column(label="Since", get=_waits),
        Column(label="Decision", get=_decision),
    ),
    filters=(
        Filter(
            name="outcome",
            label="What was decided",
            options=(
                ("waiting", "Waiting"),
                *((each, words(each)) for each in OUTCOMES if each != "waiting"),
            ),
        ),
        Filter(
            name="rule",
            label="Rule",
            options=(
                ("", "Any"),
                *((rule, said.name) for rule, said in sorted(HELD_RULES.items(), key=_by_name)),
            ),
        ),
        Filter(
            name="kind",
            label="Type",
            options=(("", "Any"), *((each, words(each)) for each in sorted(KINDS))),
        ),
    ),
)
