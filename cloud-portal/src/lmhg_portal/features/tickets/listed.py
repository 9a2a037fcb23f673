"""The list of tickets, as data."""

from collections.abc import Mapping, Sequence

import msgspec

from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_portal.features.tickets.models import Ticket
from lmhg_portal.features.tickets.rules import State

PATH = "/tickets"
ACTIVE, ALL = "active", "all"


class TicketRow(msgspec.Struct, frozen=True):
    """One ticket in a list."""

    ticket: Ticket
    by: str
    assignee: str


def rows(found: Sequence[Ticket], names: Mapping[str, str]) -> list[TicketRow]:
    """The list's rows."""
    return [
        TicketRow(
            each,
            by=names.get(str(each.filed_by), "A colleague"),
            assignee=names.get(str(each.assignee_id), "Not assigned"),
        )
        for each in found
    ]


def state_tag(state: str) -> Tag:
    """The state of a ticket, in a color."""
    return Tag(state.capitalize(), "ok" if state in {"resolved", "closed"} else "info")


STATES = Filter(
    name="state",
    label="State",
    options=(
        (ACTIVE, "Active"),
        (ALL, "All"),
        *((each.value, each.value.capitalize()) for each in State),
    ),
)
MINE = Filter(name="mine", label="From", options=(("", "Anyone"), ("1", "Me")))

TICKETS = ListPart[TicketRow](
    path=PATH,
    noun="ticket",
    kind="ticket",
    columns=(
        Column(
            label="Subject",
            phone="lead",
            get=lambda row: Link(row.ticket.subject, f"{PATH}/{row.ticket.id}"),
        ),
        Column(label="State", phone="end", get=lambda row: state_tag(row.ticket.state)),
        Column(
            label="Urgency",
            get=lambda row: (
                Tag("High", "bad")
                if row.ticket.urgency == "high"
                else row.ticket.urgency.capitalize()
            ),
        ),
        Column(label="Sent", sort="filed", get=lambda row: row.ticket.filed_at),
        Column(label="By", get=lambda row: row.by),
        Column(label="With", phone="off", get=lambda row: row.assignee),
    ),
    filters=(STATES,),
    sorts=(("-filed", "Newest first"), ("filed", "Oldest first")),
    has_words=True,
)
