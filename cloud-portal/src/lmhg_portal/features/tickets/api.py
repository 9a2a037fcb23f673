"""Tickets for programs of a signed-in person: listed, read, filed, answered and moved."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_portal.features.tickets import repository, service
from lmhg_portal.features.tickets.forms import MessageForm, MoveForm, TicketForm
from lmhg_portal.features.tickets.models import Ticket, TicketMessage
from lmhg_portal.features.tickets.rules import State

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Words = Annotated[str, msgspec.Meta(max_length=100)]
InState = Literal["active", "all", "new", "open", "waiting", "resolved", "closed"]
ONE = "/api/v1/tickets/{ticket_id:uuid}"


class TicketOut(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket."""

    id: uuid.UUID
    version: int
    subject: str
    body: str
    category: str
    urgency: str
    state: State
    filed_by: uuid.UUID
    filed_at: datetime
    assignee_id: uuid.UUID | None
    redacted: bool


class TicketsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the tickets, and how many there are."""

    tickets: list[TicketOut]
    total: int


class MessageOut(msgspec.Struct, frozen=True, kw_only=True):
    """What someone said about a ticket; `internal` is a note that only support reads."""

    id: uuid.UUID
    author_id: uuid.UUID
    body: str
    internal: bool
    sent_at: datetime


class TicketDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket with what was said about it."""

    ticket: TicketOut
    messages: list[MessageOut]


def _out(ticket: Ticket) -> TicketOut:
    return TicketOut(
        id=ticket.id,
        version=ticket.version,
        subject=ticket.subject,
        body=ticket.body,
        category=ticket.category,
        urgency=ticket.urgency,
        state=State(ticket.state),
        filed_by=ticket.filed_by,
        filed_at=ticket.filed_at,
        assignee_id=ticket.assignee_id,
        redacted=ticket.redacted,
    )


def _said(message: TicketMessage) -> MessageOut:
    return MessageOut(
        id=message.id,
        author_id=message.author_id,
        body=message.body,
        internal=message.internal,
        sent_at=message.sent_at,
    )


@answers("/api/v1/tickets", "tickets.read", purpose="tickets.list", tag="tickets")
async def list_tickets(
    tx: ReadSession,
    ask: Ask[Any],
    *,
    in_state: FromQuery[InState] = "active",
    mine: FromQuery[bool] = False,
    q: FromQuery[Words] = "",
    page: FromQuery[PageNumber] = 1,
) -> TicketsOut:
    """Fifty tickets, newest first: the queue for support, one's own for everybody else."""
    own = uuid.UUID(ask.by) if mine or not service.is_support(ask.actor) else None
    state = "" if in_state == "all" else in_state
    asked: dict[str, Any] = {"own": own, "state": state, "words": q}
    found, total = await repository.list_tickets(
        tx, **asked, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return TicketsOut(tickets=[_out(each) for each in found], total=total)


@answers(ONE, "tickets.read", purpose="tickets.view", tag="tickets")
async def read_ticket(
    tx: ReadSession, ask: Ask[Any], ticket_id: FromPath[uuid.UUID]
) -> TicketDetail:
    """One ticket that this person may read, with what was said about it."""
    ticket = await service.view(tx, ask.actor, ticket_id)
    said = await repository.messages(tx, ticket_id, internal=service.is_support(ask.actor))
    return TicketDetail(ticket=_out(ticket), messages=[_said(each) for each in said])


@does("/api/v1/tickets", "tickets.file", purpose="tickets.file", tag="tickets", status=201)
async def add_ticket(tx: WriteSession, ask: Ask[Any], data: JSONBody[TicketForm]) -> TicketOut:
    """File a ticket; a text with marks of a person is refused, and nothing is kept of it."""
    return _out(await service.file(tx, ask.actor, data))


@does(f"{ONE}/messages", "tickets.read", purpose="tickets.answer", tag="tickets", status=201)
async def add_answer(
    tx: WriteSession,
    ask: Ask[Any],
    ticket_id: FromPath[uuid.UUID],
    data: JSONBody[MessageForm],
) -> MessageOut:
    """Answer, or note."""
    return _said(await service.answer(tx, ask.actor, ticket_id, data))


@does(f"{ONE}/moves", "tickets.read", purpose="tickets.move", tag="tickets")
async def move_ticket(
    tx: WriteSession,
    ask: Ask[Any],
    ticket_id: FromPath[uuid.UUID],
    data: JSONBody[MoveForm],
) -> TicketOut:
    """Another state, from the one that was seen."""
    await service.move(tx, ask.actor, ticket_id, to=data.state, seen=data.seen)
    return _out(await service.view(tx, ask.actor, ticket_id))


@does(f"{ONE}/take", "tickets.work", purpose="tickets.take", tag="tickets")
async def take_ticket(tx: WriteSession, ask: Ask[Any], ticket_id: FromPath[uuid.UUID]) -> TicketOut:
    """Work on this ticket oneself."""
    await service.take(tx, ask.actor, ticket_id)
    await tx.flush()
    ticket = await service.view(tx, ask.actor, ticket_id)
    await tx.refresh(ticket)
    return _out(ticket)


HANDLERS = (list_tickets, read_ticket, add_ticket, add_answer, move_ticket, take_ticket)
