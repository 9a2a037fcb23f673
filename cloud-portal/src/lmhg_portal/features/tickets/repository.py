"""All SQL of tickets."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select, text

from lmhg_kit.feature import PERSON
from lmhg_kit.http.lists import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.words import has_words
from lmhg_portal.features.tickets.models import Ticket, TicketMessage

OPEN_STATES = ("new", "open", "waiting")
WAITING = select(func.count(Ticket.id)).where(Ticket.filed_by == PERSON, Ticket.state == "waiting")
"""One's own tickets that wait for an answer."""
UNTAKEN = select(func.count(Ticket.id)).where(Ticket.state == "new", Ticket.assignee_id.is_(None))
"""New tickets that nobody took."""

_ORDERS = text(
    "select r.record_id, r.body ->> 'target_kind' as kind, (r.body ->> 'target_id')::uuid as id"
    " from replica.record r where r.kind = 'redaction_order' and not r.purged"
    " and (exists (select 1 from portal.ticket t"
    "  where t.id = (r.body ->> 'target_id')::uuid and not t.redacted)"
    " or exists (select 1 from portal.ticket_message m"
    "  where m.id = (r.body ->> 'target_id')::uuid and not m.redacted))"
    " limit 500"
)


async def list_tickets(
    tx: ReadSession,
    *,
    own: uuid.UUID | None,
    state: str,
    words: str,
    page: int,
) -> Sequence[Ticket]:
    """A page of tickets and one more, newest first; `own` limits to one person's."""
    query = select(Ticket).order_by(Ticket.filed_at.desc(), Ticket.id)
    if own is not None:
        query = query.where(Ticket.filed_by == own)
    if state == "active":
        query = query.where(Ticket.state.in_(OPEN_STATES))
    elif state:
        query = query.where(Ticket.state == state)
    if words:
        query = query.where(or_(has_words(Ticket.subject, words), has_words(Ticket.body, words)))
    query = query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)
    return (await tx.scalars(query)).all()


async def count_open(tx: ReadSession, person: uuid.UUID) -> int:
    """How many of a person's own tickets are not done."""
    query = select(func.count()).where(Ticket.filed_by == person, Ticket.state.in_(OPEN_STATES))
    return int(await tx.scalar(query) or 0)


async def find(tx: ReadSession, ticket_id: uuid.UUID) -> Ticket | None:
    """One ticket."""
    return await tx.get(Ticket, ticket_id)


async def lock(tx: WriteSession, ticket_id: uuid.UUID) -> Ticket | None:
    """One ticket, held against other writers."""
    return await tx.get(Ticket, ticket_id, with_for_update=True)


async def messages(
    tx: ReadSession, ticket_id: uuid.UUID, *, internal: bool
) -> Sequence[TicketMessage]:
    """What was said about a ticket, in order; support's own notes only when asked for."""
    query = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id)
    if not internal:
        query = query.where(~TicketMessage.internal)
    return (await tx.scalars(query.order_by(TicketMessage.sent_at))).all()


async def open_orders(tx: WriteSession) -> list[tuple[str, uuid.UUID]]:
    """Kind and id of texts that a redaction order names and that still stand."""
    return [(row.kind, row.id) for row in await tx.execute(_ORDERS)]


async def find_text(
    tx: WriteSession, kind: str, record_id: uuid.UUID
) -> Ticket | TicketMessage | None:
    """The ticket or message that an order names, held against other writers."""
    model = Ticket if kind == "ticket" else TicketMessage
    return await tx.get(model, record_id, with_for_update=True)
