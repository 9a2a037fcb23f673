"""The lists of the funnel, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from lmhg_gateway.features.funnel.rules import (
    NOW,
    REACHED,
    SPANS,
    Cut,
    month_words,
    months_to,
    span_of,
)
from lmhg_gateway.features.funnel.views import STANDING, FunnelRow, StandingRow
from lmhg_gateway.features.referrals.public import SOURCES, State
from lmhg_kit.http.list_part import Cell, Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import count_of

PATH = "/funnel"
BY: Mapping[str, str] = {"source": "Source", "month": "Month"}
_SPAN_WORDS = tuple((str(each), f"Last {each} months") for each in SPANS)


def _count(name: str, row: FunnelRow) -> Cell:
    return row.link(name)


def _column(label: str, name: str) -> Column[FunnelRow]:
    return Column(label=label, phone="named", get=partial(_count, name))


_RECEIVED = _column("Received", "received")
_CAME = tuple(_column(label, f"reached_{state}") for state, label in REACHED.items())
_ARE = tuple(_column(label, f"now_{name}") for name, (label, _) in NOW.items())
_VIEWS: Mapping[str, tuple[Column[FunnelRow], ...]] = {
    "": (_RECEIVED, *_CAME),
    "now": (_RECEIVED, *_ARE),
    "all": (_RECEIVED, *_CAME, *_ARE),
}
"""What the page shows: how far they came, or how they are now; the file has it all."""


def funnel_list(by: str, view: str) -> ListPart[FunnelRow]:
    """The list by source or by month, in one of its views."""
    return ListPart[FunnelRow](
        path=PATH,
        noun="row",
        kind="funnel",
        columns=(Column(label=BY[by], phone="lead", get=lambda row: row.label), *_VIEWS[view]),
        filters=(
            Filter(name="by", label="By", options=tuple(BY.items())),
            Filter(
                name="show",
                label="Show",
                options=(("", "How far they came"), ("now", "How they are now")),
            ),
            Filter(name="span", label="Received in the", options=_SPAN_WORDS),
        ),
    )


def standing_filters(today: date) -> Sequence[Filter]:
    """What the list of standings can be narrowed to; months end with this one."""
    return (
        Filter(
            name="state",
            label="State",
            options=(("", "Any"), *((each.value, words(each)) for each in State)),
        ),
        Filter(
            name="now",
            label="How it is now",
            options=(("", "Any"), *((name, label) for name, (label, _) in NOW.items())),
        ),
        Filter(name="reached", label="Came as far as", options=(("", "Any"), *REACHED.items())),
        Filter(
            name="source",
            label="Source",
            options=(("", "Any"), *((each, words(each)) for each in SOURCES)),
        ),
        Filter(
            name="month",
            label="Received in",
            options=(("", "Any month"), *((each, month_words(each)) for each in months_to(today))),
        ),
        Filter(name="span", label="Received in the", options=(("", "Any time"), *_SPAN_WORDS)),
    )


def cut_of(values: Mapping[str, str], *, today: date) -> Cut:
    """What the filters of an address mean."""
    first, last = span_of(today, months=int(values.get("span") or 0), month=values.get("month", ""))
    return Cut(
        source=values.get("source", ""),
        first=first,
        last=last,
        reached=values.get("reached", ""),
        now=values.get("now", ""),
        state=values.get("state", ""),
    )


def _client(row: StandingRow) -> Cell:
    urgent = Tag(words(row.urgency), "bad" if row.urgency == "urgent" else "warn")
    tags = () if row.urgency == "routine" else (urgent,)
    return Link(row.client, f"/referrals/{row.id}", tags)


_STANDING: tuple[Column[StandingRow], ...] = (
    Column(label="Client", phone="lead", get=_client),
    Column(label="State", phone="end", get=lambda row: Tag(words(row.state), "accent")),
    Column(label="In this state", sort="state", get=lambda row: count_of(row.days, "day")),
    Column(label="Next", get=lambda row: row.step),
    Column(label="Due", get=lambda row: Tag(row.due, row.due_tone) if row.due else None),
    Column(label="Last contact", get=lambda row: row.last),
    Column(label="Owner", get=lambda row: row.owner),
)
_MORE: tuple[Column[StandingRow], ...] = (
    Column(label="Source", get=lambda row: words(row.source)),
    Column(label="Payer", get=lambda row: words(row.payer)),
    Column(label="Received", get=lambda row: row.received_on),
)
STANDINGS = ListPart[StandingRow](
    path=STANDING,
    noun="referral",
    kind="referral",
    columns=_STANDING,
    sorts=(
        ("-received", "Received last first"),
        ("received", "Received first first"),
        ("state", "Longest in its state first"),
        ("-state", "Newest in its state first"),
    ),
)
STANDINGS_FILE = replace(STANDINGS, columns=(*_STANDING, *_MORE))
"""A page has less room than a file."""
