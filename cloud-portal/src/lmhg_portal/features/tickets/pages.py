"""Pages of tickets: file one in half a minute, see it answered, work the queue."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import actor_of, reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_portal.adapters import replica
from lmhg_portal.features.tickets import repository, service
from lmhg_portal.features.tickets.forms import MessageForm, MoveForm, TicketForm
from lmhg_portal.features.tickets.listed import ALL, MINE, STATES, TICKETS, rows
from lmhg_portal.features.tickets.rules import CATEGORIES, MOVES, URGENCIES, State

AnyRequest = Request[Any, Any, Any]
ONE = "/tickets/{ticket_id:uuid}"


@get("/tickets", opt=needs("tickets.read"), include_in_schema=False)
async def list_page(request: AnyRequest) -> Response[Any]:
    """The queue for support, one's own tickets for everybody else; filters in the address."""
    actor = actor_of(request)
    is_support = service.is_support(actor)
    filters = (STATES, MINE) if is_support else (STATES,)
    wanted = TICKETS.wanted(request, filters=filters)
    is_mine = not is_support or wanted["mine"] == "1"
    own = uuid.UUID(actor.id) if is_mine else None
    state = "" if wanted["state"] == ALL else wanted["state"]
    asked: dict[str, Any] = {"own": own, "state": state, "words": wanted.q}
    async with reading(request, "tickets.list") as tx:
        found, total = await repository.list_tickets(
            tx, **asked, first=wanted.first, size=wanted.size, sort=wanted.sort
        )
        names = await replica.staff_names(tx)
        elsewhere = 0
        if not total and state:
            elsewhere = await repository.count_tickets(tx, own=own, state="", words=wanted.q)
        await TICKETS.audit(tx, wanted)
    shown = rows(found, names)
    if wanted.is_file:
        return TICKETS.file(request, shown, total=total)
    return await page(
        request,
        "tickets/list.html",
        list=TICKETS.made(wanted, shown, total=total, filters=filters),
        elsewhere=elsewhere,
        words=wanted.q,
        is_mine=is_mine and is_support,
        is_support=is_support,
    )


@shows(
    "/tickets/new",
    "tickets.file",
    template="tickets/new.html",
    purpose="tickets.new",
    form=TicketForm,
)
async def new_page(_tx: ReadSession, _ask: Ask[TicketForm]) -> Context:
    """The form, which begins with what may not be written here."""
    return {
        "categories": [("", "Choose one"), *((name, name.capitalize()) for name in CATEGORIES)],
        "urgencies": [("", "Choose one"), *((name, name.capitalize()) for name in URGENCIES)],
    }


@acts("/tickets/new", "tickets.file", purpose="tickets.file", form=TicketForm, back=new_page)
async def file_ticket(tx: WriteSession, ask: Ask[TicketForm], data: TicketForm) -> Done:
    """Keep a new ticket; what was typed is shown again when something is missing or may not be there."""
    ticket = await service.file(tx, ask.actor, data)
    return Done(f"/tickets/{ticket.id}", "ticket_filed")


@shows(ONE, "tickets.read", template="tickets/one.html", purpose="tickets.view", form=MessageForm)
async def one_page(tx: ReadSession, ask: Ask[MessageForm], ticket_id: uuid.UUID) -> Context:
    """A ticket with everything that was said about it."""
    is_support = service.is_support(ask.actor)
    ticket = await service.view(tx, ask.actor, ticket_id)
    offered = sorted(MOVES[State(ticket.state)] - {State.NEW})
    if not is_support:
        offered = [state for state in offered if state in {State.CLOSED, State.OPEN}]
    return {
        "ticket": ticket,
        "said": await repository.messages(tx, ticket_id, internal=is_support),
        "names": await replica.staff_names(tx),
        "offered": [state.value for state in offered],
        "is_support": is_support,
        "person_id": ask.by,
    }


@acts(f"{ONE}/messages", "tickets.read", purpose="tickets.answer", form=MessageForm, back=one_page)
async def add_message(
    tx: WriteSession, ask: Ask[MessageForm], data: MessageForm, ticket_id: uuid.UUID
) -> Done:
    """Answer, or note."""
    await service.answer(tx, ask.actor, ticket_id, data)
    return Done(f"/tickets/{ticket_id}", "message_sent")


@acts(f"{ONE}/take", "tickets.work", purpose="tickets.take", back=one_page)
async def take(tx: WriteSession, ask: Ask[Any], ticket_id: uuid.UUID) -> Done:
    """Work on this ticket oneself."""
    await service.take(tx, ask.actor, ticket_id)
    return Done(f"/tickets/{ticket_id}", "ticket_taken")


@acts(f"{ONE}/state", "tickets.read", purpose="tickets.move", form=MoveForm, back=one_page)
async def move(tx: WriteSession, ask: Ask[MoveForm], data: MoveForm, ticket_id: uuid.UUID) -> Done:
    """Another state; for a while it can be taken back."""
    own = f"/tickets/{ticket_id}"
    moved = await service.move(tx, ask.actor, ticket_id, to=data.state, seen=data.seen)
    undo = f"{own}/back/{moved.before}/{moved.version}" if moved else ""
    return Done(own, "ticket_moved", undo=undo)


@acts(
    f"{ONE}/back/{{before:str}}/{{version:int}}",
    "tickets.read",
    purpose="tickets.undo",
    back=one_page,
)
async def move_back(
    tx: WriteSession, ask: Ask[Any], ticket_id: uuid.UUID, before: str, version: int
) -> Done:
    """Undo the step just taken, unless someone changed the ticket since or it was too long ago."""
    if before not in set(State):
        raise NotFound("ticket_unknown")
    await service.move_back(tx, ask.actor, ticket_id, to=before, version=version, at=ask.at)
    return Done(f"/tickets/{ticket_id}", "ticket_back")


async def find_tickets(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Tickets by a word in them: all for support, one's own for everybody else."""
    own = None if asked.may("tickets.work") else uuid.UUID(asked.person_id)
    found, _ = await repository.list_tickets(tx, own=own, state="", words=asked.text, size=HITS_MAX)
    return [
        Hit(
            label=each.subject,
            href=f"/tickets/{each.id}",
            detail=each.state.capitalize(),
            icon="ticket",
        )
        for each in found
    ]
