"""All SQL of tickets."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
)

from lmhg_kit.feature import PERSON
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part
from lmhg_kit.persistence.words import has_words
from lmhg_portal.features.tickets.models import Ticket, TicketMessage

OPEN_STATES = ("new", "open", "waiting")

_ORDERS = text(
    "select r.record_id, r.body ->> 'target_kind' as kind, (r.body ->> 'target_id')::uuid as id"
    " from replica.record r where r.kind = 'redaction_order' and not r.purged"
    " and (exists (select 1 from portal.ticket t"
    "  where t.id = (r.body ->> 'target_id')::uuid and not t.redacted)"
    " or exists (select 1 from portal.ticket_message m"
    "  where m.id = (r.body ->> 'target_id')::uuid and not m.redacted))"
    " limit 500"
)


@cache
def _where(*, is_own: bool, state: str, has_text: bool) -> tuple[ColumnElement[bool], ...]:
    """Whose tickets (`own`), in which state, with which words (`words`): given when the query runs."""
    chosen: list[ColumnElement[bool]] = []
    if is_own:
        chosen.append(Ticket.filed_by == bindparam("own", type_=Uuid))
    if state == "active":
        chosen.append(or_(*(Ticket.state == each for each in OPEN_STATES)))
    elif state:
        chosen.append(Ticket.state == state)
    if has_text:
        words = bindparam("words", type_=String)
        chosen.append(or_(has_words(Ticket.subject, words), has_words(Ticket.body, words)))
    return tuple(chosen)


@cache
def _listed(sort: str, *, is_own: bool, state: str, has_text: bool) -> Part[Ticket]:
    order = Ticket.filed_at.asc() if sort == "filed" else Ticket.filed_at.desc()
    query = select(Ticket).where(*_where(is_own=is_own, state=state, has_text=has_text))
    return Part(query.order_by(order, Ticket.id))


async def list_tickets(
    tx: ReadSession,
    *,
    own: uuid.UUID | None,
    state: str,
    words: str,
    first: int = 0,
    size: int,
    sort: str = "-filed",
) -> tuple[Sequence[Ticket], int]:
    """A part of the tickets, and how many there are; `own` limits to one person's."""
    part = _listed(sort, is_own=own is not None, state=state, has_text=bool(words))
    return await part.read(tx, first=first, size=size, own=own, words=words)


async def count_tickets(tx: ReadSession, *, own: uuid.UUID | None, state: str, words: str) -> int:
    """How many there are."""
    where = _where(is_own=own is not None, state=state, has_text=bool(words))
    query = select(func.count(Ticket.id)).where(*where)
    return int(await tx.scalar(query, {"own": own, "words": words}) or 0)


ANSWERED_FOR = timedelta(days=14)
"""How long a resolved ticket stays before its asker, unless they close it."""


def _last_word(author: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column or a value
    """Whether what was said last about a ticket, notes apart, is this person's."""
    newest = (
        select(TicketMessage.author_id)
        .where(TicketMessage.ticket_id == Ticket.id, ~TicketMessage.internal)
        .order_by(TicketMessage.sent_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return newest == author


def _concerns(person: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column or a value
    """A person's own tickets that are not done, and those resolved a short while ago."""
    is_fresh = Ticket.updated_at > func.now() - ANSWERED_FOR
    still = or_(Ticket.state.in_(OPEN_STATES), and_(Ticket.state == "resolved", is_fresh))
    return and_(Ticket.filed_by == person, still)


async def own_tickets(
    tx: ReadSession, person: uuid.UUID, *, limit: int
) -> tuple[Sequence[Ticket], int]:
    """A person's tickets that concern them now, answered ones first; and how many are not done."""
    query = select(Ticket).where(_concerns(person))
    ordered = query.order_by((Ticket.state == "resolved").desc(), Ticket.filed_at.desc())
    found = (await tx.scalars(ordered.limit(limit))).all()
    return found, await count_tickets(tx, own=person, state="active", words="")


def _answered(person: Any) -> Select[int]:  # noqa: ANN401 - a column or a value
    """How many of a person's own tickets someone answered or resolved, and they have not replied."""
    by_other = and_(
        ~_last_word(person),
        select(TicketMessage.id)
        .where(TicketMessage.ticket_id == Ticket.id, ~TicketMessage.internal)
        .exists(),
    )
    told = or_(Ticket.state.in_(("waiting", "resolved")), by_other)
    return select(func.count(Ticket.id)).where(_concerns(person), told)


def _replied(person: Any) -> Select[int]:  # noqa: ANN401 - a column or a value
    """How many tickets that are not done have a reply of their asker's as the last word.

    Those of another colleague of support's are theirs to answer.
    """
    mine = or_(Ticket.assignee_id.is_(None), Ticket.assignee_id == person)
    return select(func.count(Ticket.id)).where(
        Ticket.state.in_(OPEN_STATES), _last_word(Ticket.filed_by), mine, Ticket.filed_by != person
    )


ANSWERED = _answered(PERSON)
"""For the bell: one's own tickets that were answered."""
REPLIED = _replied(PERSON)
"""For support's bell: replies to what was answered."""
UNTAKEN = select(func.count(Ticket.id)).where(Ticket.state == "new", Ticket.assignee_id.is_(None))
"""For support's bell: new tickets that nobody works on."""


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
