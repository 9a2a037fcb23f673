"""Tickets: staff ask for help on the portal."""

from typing import ClassVar

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import (
    Category,
    Flag,
    Id,
    Moment,
    Record,
    Subject,
    Text,
    TicketState,
    Urgency,
)


class Ticket(Record, frozen=True, tag="ticket", kw_only=True):
    """A request for help. A redacted ticket says only that it was moved to the gateway."""

    HOME: ClassVar = Plane.CLOUD
    SCREENED: ClassVar = ("body", "subject")

    assignee_id: Id | None
    body: Text
    category: Category
    filed_at: Moment
    filed_by: Id
    redacted: Flag
    state: TicketState
    subject: Subject
    urgency: Urgency


class TicketMessage(Record, frozen=True, tag="ticket_message", kw_only=True):
    """An answer to a ticket, or a note among support (`internal`)."""

    HOME: ClassVar = Plane.CLOUD
    SCREENED: ClassVar = ("body",)

    author_id: Id
    body: Text
    internal: Flag
    redacted: Flag
    sent_at: Moment
    ticket_id: Id
