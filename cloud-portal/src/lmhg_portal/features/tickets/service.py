"""What people do with tickets, one function a use case; and what a redaction order does."""

import uuid
from datetime import datetime
from typing import NamedTuple

from lmhg_contracts.classification import StoragePolicy
from lmhg_contracts.roles import ADMIN, IT_SUPPORT
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession
from lmhg_portal.features.tickets import repository
from lmhg_portal.features.tickets.forms import MessageForm, TicketForm
from lmhg_portal.features.tickets.models import Ticket, TicketMessage
from lmhg_portal.features.tickets.rules import (
    MOVED,
    MOVED_BODY,
    REOPENED,
    UNDO_FOR,
    State,
    can_move,
    check_plain,
    state_after_message,
)

SUPPORT_ROLES = frozenset({IT_SUPPORT, ADMIN})
WORKER = Actor("process: portal-worker")


def is_support(actor: Actor) -> bool:
    """Whether this person works on tickets."""
    return not SUPPORT_ROLES.isdisjoint(actor.roles)


async def file(tx: WriteSession, actor: Actor, form: TicketForm) -> Ticket:
    """A new ticket. It crosses to the gateway, where it is screened. Raises: Invalid."""
    check_plain({"subject": form.subject, "body": form.body}, is_not_client=form.not_a_client)
    ticket = Ticket(
        subject=form.subject,
        body=form.body,
        category=form.category,
        urgency=form.urgency,
        state="new",
        filed_by=uuid.UUID(actor.id),
        filed_at=utc_now(),
        redacted=False,
    )
    tx.add(ticket, storage_policy=StoragePolicy.CLOUD_ALLOWED)
    await tx.flush()
    return ticket


def may_read(actor: Actor, ticket: Ticket) -> bool:
    """Whether a ticket is this person's to read: support's, or its author's."""
    return is_support(actor) or str(ticket.filed_by) == actor.id


async def view(tx: ReadSession, actor: Actor, ticket_id: uuid.UUID) -> Ticket:
    """A ticket that this person may read. Raises: NotFound."""
    ticket = await repository.find(tx, ticket_id)
    if ticket is None or not may_read(actor, ticket):
        raise NotFound("ticket_unknown")
    return ticket


async def answer(
    tx: WriteSession, actor: Actor, ticket_id: uuid.UUID, form: MessageForm
) -> TicketMessage:
    """Add a message. Raises: NotFound, Invalid, Forbidden for a note by someone outside support."""
    ticket = await _held(tx, actor, ticket_id)
    if form.internal and not is_support(actor):
        raise Forbidden("note_by_support_only")
    check_plain({"body": form.body}, is_not_client=form.not_a_client)
    message = _say(tx, actor, ticket.id, form.body, internal=form.internal)
    by_support = is_support(actor) and str(ticket.filed_by) != actor.id
    if not form.internal:
        ticket.state = state_after_message(ticket.state, by_support=by_support)
    await tx.flush()
    return message


def _say(
    tx: WriteSession, actor: Actor, ticket_id: uuid.UUID, body: str, *, internal: bool = False
) -> TicketMessage:
    message = TicketMessage(
        ticket_id=ticket_id,
        author_id=uuid.UUID(actor.id),
        body=body,
        internal=internal,
        redacted=False,
        sent_at=utc_now(),
    )
    tx.add(message, storage_policy=StoragePolicy.CLOUD_ALLOWED)
    return message


async def take(tx: WriteSession, actor: Actor, ticket_id: uuid.UUID) -> None:
    """Become a ticket's assignee. Raises: NotFound, Forbidden."""
    if not is_support(actor):
        raise Forbidden("role_missing")
    ticket = await _held(tx, actor, ticket_id)
    ticket.assignee_id = uuid.UUID(actor.id)
    if ticket.state == "new":
        ticket.state = "open"


class Moved(NamedTuple):
    """A step that was taken: the state before, where it may be brought back to, and the version now."""

    before: str
    version: int


async def move(
    tx: WriteSession, actor: Actor, ticket_id: uuid.UUID, *, to: str, seen: str = ""
) -> Moved | None:
    """Bring a ticket to another state; what takes it back, if this person may.

    Its author may close or reopen it. Raises: Conflict, Forbidden.
    """
    ticket = await _held(tx, actor, ticket_id)
    before = ticket.state
    if not _may_choose(actor, to):
        raise Forbidden("role_missing")
    if before == to:
        return None
    if seen and seen != before:
        raise Conflict("ticket_changed")
    if not can_move(before, to):
        raise Conflict("ticket_move")
    ticket.state = to
    if to == State.OPEN and before in {State.RESOLVED, State.CLOSED} and not is_support(actor):
        _say(tx, actor, ticket.id, REOPENED)
    await tx.flush()
    await tx.refresh(ticket)
    can_go_back = can_move(to, before) and _may_choose(actor, before)
    return Moved(before, ticket.version) if can_go_back else None


async def move_back(
    tx: WriteSession, actor: Actor, ticket_id: uuid.UUID, *, to: str, version: int, at: datetime
) -> None:
    """Take back a step, shortly after it and while nobody changed the ticket since.

    Raises: NotFound, Conflict, Forbidden.
    """
    ticket = await _held(tx, actor, ticket_id)
    if not _may_choose(actor, to):
        raise Forbidden("role_missing")
    if ticket.version != version:
        raise Conflict("ticket_changed")
    if at - ticket.updated_at > UNDO_FOR:
        raise Conflict("undo_late")
    if not can_move(ticket.state, to):
        raise Conflict("ticket_move")
    ticket.state = to


def _may_choose(actor: Actor, state: str) -> bool:
    return is_support(actor) or state in {"closed", "open"}


async def apply_redactions(tx: WriteSession, apart: Apart) -> int:
    """Remove the texts that redaction orders name; how many were removed.

    The row stays, says that it was moved to the gateway, and its new version crosses back. An
    order that cannot be carried out keeps no other from it.
    """
    done = 0
    for kind, record_id in await repository.open_orders(tx):
        async with apart.item(record_id), tx.begin_nested():
            found = await repository.find_text(tx, kind, record_id)
            if found is None or found.redacted:
                continue
            if isinstance(found, Ticket):
                found.subject = MOVED
            found.body, found.redacted = MOVED_BODY, True
            await tx.flush()
            done += 1
    return done


async def run_redactions(db: Database) -> int:
    """One unit of work of the portal worker. Raises: what an order failed by, after the others."""
    apart = Apart("redact")
    async with db.uow(WORKER, "redaction order") as tx:
        done = await apply_redactions(tx, apart)
    apart.tell()
    return done


async def _held(tx: WriteSession, actor: Actor, ticket_id: uuid.UUID) -> Ticket:
    ticket = await repository.lock(tx, ticket_id)
    if ticket is None or not may_read(actor, ticket):
        raise NotFound("ticket_unknown")
    return ticket
