"""Pages of tickets: file one in half a minute, see it answered, work the queue."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_kit.errors import NotFound
from lmhg_kit.feature import (
    HITS_MAX,
    Asked,
    Hit,
    Note,
)
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.lists import PAGE_SIZE, page_number, slice_of
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters import replica
from lmhg_portal.features.tickets import repository, service
from lmhg_portal.features.tickets.forms import MessageForm, MoveForm, TicketForm
from lmhg_portal.features.tickets.rules import CATEGORIES, MOVES, URGENCIES, State

AnyRequest = Request[Any, Any, Any]
FILTERS = ("active", *(state.value for state in State))


@get("/tickets", opt=needs("tickets.read"), include_in_schema=False)
async def list_page(request: AnyRequest) -> Response[Any]:
    """The queue for support, one's own tickets for everybody else; filters in the address."""
    asked = query_of(request)
    q, state, mine = asked.get("q", ""), asked.get("state", "active"), asked.get("mine", "")
    actor = actor_of(request)
    wanted = state if state in FILTERS or state == "" else "active"
    own = uuid.UUID(actor.id) if mine or not service.is_support(actor) else None
    number = page_number(asked.get("page", "1"))
    async with reading(request, "tickets.list") as tx:
        rows = await repository.list_tickets(tx, own=own, state=wanted, words=q[:100], page=number)
        names = await replica.staff_names(tx)
    query = {"q": q, "state": wanted, "mine": mine}
    shown = rows[:PAGE_SIZE]
    more = len(rows) > PAGE_SIZE
    return await page(
        request,
        "tickets/list.html",
        tickets=shown,
        names=names,
        form=Form(values=query),
        filters=[(name, name.capitalize()) for name in FILTERS] + [("", "All")],
        slice=slice_of("/tickets", query, page=number, shown=len(shown), total=None, more=more),
        is_support=service.is_support(actor),
    )


@get("/tickets/new", opt=needs("tickets.file"), include_in_schema=False)
async def new_page(request: AnyRequest) -> Response[Any]:
    """The form, which begins with what may not be written here."""
    return await _show_form(request, start(TicketForm, {"urgency": "normal"}))


@post("/tickets/new", opt=needs("tickets.file"), include_in_schema=False)
async def file_ticket(request: AnyRequest) -> Response[Any]:
    """Keep a new ticket; what was typed is shown again when something is missing."""
    form = fill(TicketForm, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, status=422)
    async with writing(request, "tickets.file") as tx:
        ticket = await service.file(tx, actor_of(request), form.data)
    return go(request, f"/tickets/{ticket.id}", notice="ticket_filed")


@get("/tickets/{ticket_id:uuid}", opt=needs("tickets.read"), include_in_schema=False)
async def one_page(request: AnyRequest, ticket_id: FromPath[uuid.UUID]) -> Response[Any]:
    """A ticket with everything that was said about it."""
    return await _show_ticket(request, ticket_id, start(MessageForm))


@post("/tickets/{ticket_id:uuid}/messages", opt=needs("tickets.read"), include_in_schema=False)
async def add_message(request: AnyRequest, ticket_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Answer, or note."""
    form = fill(MessageForm, await read_form(request))
    if form.data is None:
        return await _show_ticket(request, ticket_id, form, status=422)
    async with writing(request, "tickets.answer") as tx:
        await service.answer(tx, actor_of(request), ticket_id, form.data)
    return go(request, f"/tickets/{ticket_id}", notice="message_sent")


@post("/tickets/{ticket_id:uuid}/take", opt=needs("tickets.work"), include_in_schema=False)
async def take(request: AnyRequest, ticket_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Work on this ticket oneself."""
    async with writing(request, "tickets.take") as tx:
        await service.take(tx, actor_of(request), ticket_id)
    return go(request, f"/tickets/{ticket_id}", notice="ticket_taken")


@post("/tickets/{ticket_id:uuid}/state", opt=needs("tickets.read"), include_in_schema=False)
async def move(request: AnyRequest, ticket_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Another state."""
    form = fill(MoveForm, await read_form(request)).result()
    return await _move(request, ticket_id, to=form.state, notice="ticket_moved")


@post(
    "/tickets/{ticket_id:uuid}/back/{before:str}",
    opt=needs("tickets.read"),
    include_in_schema=False,
)
async def move_back(
    request: AnyRequest, ticket_id: FromPath[uuid.UUID], before: FromPath[str]
) -> Response[Any]:
    """Undo the step just taken: a move like any other, by the same rules."""
    if before not in set(State):
        raise NotFound("ticket_unknown")
    return await _move(request, ticket_id, to=before, notice="ticket_back")


async def _move(
    request: AnyRequest, ticket_id: uuid.UUID, *, to: str, notice: str
) -> Response[Any]:
    async with writing(request, "tickets.move") as tx:
        before = await service.move(tx, actor_of(request), ticket_id, to=to)
    path = f"/tickets/{ticket_id}"
    undo = f"{path}/back/{before}" if before and notice != "ticket_back" else None
    return go(request, path, notice=notice, undo=undo)


async def _show_form(
    request: AnyRequest, form: Form[TicketForm], *, status: int = 200
) -> Response[str]:
    return await page(
        request,
        "tickets/new.html",
        status=status,
        form=form,
        categories=[("", "Choose one"), *((name, name.capitalize()) for name in CATEGORIES)],
        urgencies=[(name, name.capitalize()) for name in URGENCIES],
    )


async def _show_ticket(
    request: AnyRequest, ticket_id: uuid.UUID, form: Form[MessageForm], *, status: int = 200
) -> Response[str]:
    actor = actor_of(request)
    async with reading(request, "tickets.view") as tx:
        ticket = await service.view(tx, actor, ticket_id)
        said = await repository.messages(tx, ticket_id, internal=service.is_support(actor))
        names = await replica.staff_names(tx)
    offered = sorted(MOVES[State(ticket.state)] - {State.NEW})
    if not service.is_support(actor):
        offered = [state for state in offered if state in {State.CLOSED, State.OPEN}]
    return await page(
        request,
        "tickets/one.html",
        status=status,
        ticket=ticket,
        said=said,
        names=names,
        form=form,
        offered=[state.value for state in offered],
        is_support=service.is_support(actor),
        person_id=actor.id,
    )


async def find_tickets(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Tickets by a word in them: all for support, one's own for everybody else."""
    own = None if asked.may("tickets.work") else uuid.UUID(asked.person_id)
    found = await repository.list_tickets(tx, own=own, state="", words=asked.text, page=1)
    return [
        Hit(
            label=each.subject,
            href=f"/tickets/{each.id}",
            detail=each.state.capitalize(),
            icon="ticket",
        )
        for each in found[:HITS_MAX]
    ]


async def tickets_waiting(tx: ReadSession, asked: Asked) -> list[Note]:
    """One's own tickets that wait for an answer."""
    count = await repository.waiting_for(tx, uuid.UUID(asked.person_id))
    href = "/tickets?mine=1&state=waiting"
    return [Note(label="Tickets waiting for your answer", count=count, href=href, kind="warn")]


async def queue_waiting(tx: ReadSession, _asked: Asked) -> list[Note]:
    """New tickets that nobody took, for support."""
    href = "/tickets?state=new"
    return [Note(label="New tickets", count=await repository.untaken(tx), href=href)]
