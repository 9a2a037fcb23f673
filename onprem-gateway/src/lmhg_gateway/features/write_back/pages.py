"""Pages of changes in IntakeQ: the log, one change, and what can be changed of a client."""

import uuid
from typing import Any

from litestar import Request, Response

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.appointments.public import appointment_by_id, of_client
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.staff.public import addresses_of, colleagues_with, staff_names
from lmhg_gateway.features.write_back import repository, service, views
from lmhg_gateway.features.write_back.forms import BookForm, CancelForm, MoveForm, moment
from lmhg_gateway.features.write_back.listed import CHANGES
from lmhg_gateway.features.write_back.rules import CALLED_OFF, Order
from lmhg_gateway.features.write_back.views import PATH
from lmhg_gateway.features.write_back.ways import ways_of
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession

ASK = "write_back.ask"
ONE = f"{PATH}/{{change_id:uuid}}"
OF_CLIENT = f"{PATH}/clients/{{client_id:uuid}}"
OF_VISIT = f"{PATH}/appointments/{{appointment_id:uuid}}"


def may_send(request: Request[Any, Any, Any]) -> bool:
    """Whether the setting lets staff send changes."""
    return SETTINGS.of(request).intakeq_write_back


def is_on(ask: Ask[Any]) -> bool:
    """Whether staff may send changes."""
    return may_send(ask.request)


@shows(PATH, ASK, template="write_back/list.html", purpose="write_back.list")
async def changes(tx: ReadSession, ask: Ask[Any]) -> Context | Response[Any]:
    """What staff asked to be changed, newest first, and what became of it."""
    wanted = CHANGES.wanted(ask.request)
    found, total = await repository.listed(tx, first=wanted.first, size=wanted.size)
    names = await names_of(tx, (each.client_id for each in found))
    rows = views.rows(found, names, await staff_names(tx))
    await CHANGES.audit(tx, wanted)
    if wanted.is_file:
        return CHANGES.file(ask.request, rows, total=total)
    return {"list": CHANGES.made(wanted, rows, total=total), "is_on": is_on(ask)}


@shows(ONE, ASK, template="write_back/change.html", purpose="write_back.view")
async def change(tx: ReadSession, ask: Ask[Any], change_id: uuid.UUID) -> Context:
    """One change, and what can be done about it."""
    found = await repository.by_id(tx, change_id)
    if found is None:
        raise NotFound("intakeq_change")
    names = await names_of(tx, [found.client_id])
    order = service.order_of(found)
    row = views.row(found, names, await staff_names(tx))
    return {"row": row, "order": order, "is_on": is_on(ask)}


@acts(f"{ONE}/take-back", ASK, purpose="write_back.take_back", back=change)
async def take_back(tx: WriteSession, ask: Ask[Any], change_id: uuid.UUID) -> Done:
    """Do not send it."""
    row = await service.take_back(tx, change_id, at=ask.at)
    is_late = row.unwanted_at is not None
    return Done(f"{PATH}/{change_id}", "write_back.stopped" if is_late else "write_back.taken_back")


@acts(f"{ONE}/again", ASK, purpose="write_back.ask", back=change)
async def send_again(tx: WriteSession, ask: Ask[Any], change_id: uuid.UUID) -> Done:
    """Try one again that is held."""
    await service.again(tx, change_id, is_on=is_on(ask), at=ask.at)
    return Done(f"{PATH}/{change_id}", "write_back.asked")


@shows(
    OF_CLIENT, ASK, template="write_back/client.html", purpose="write_back.client", form=BookForm
)
async def client_changes(tx: ReadSession, ask: Ask[BookForm], client_id: uuid.UUID) -> Context:
    """What can be changed of a client in IntakeQ."""
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    visits = await of_client(tx, client_id)
    people = await colleagues_with(tx, CLINICIAN)
    return {
        "client_id": client_id,
        "name": names[client_id],
        "is_on": is_on(ask),
        "visits": [
            each for each in visits if each.starts_at > ask.at and each.status not in CALLED_OFF
        ],
        "clinicians": sorted(people.items(), key=lambda each: each[1]),
        "ways": await ways_of(tx, client_id),
        "today": ask.practice.today(),
    }


@acts(f"{OF_CLIENT}/send", ASK, purpose="write_back.ask", back=client_changes)
async def send_client(tx: WriteSession, ask: Ask[Any], client_id: uuid.UUID) -> Done:
    """Send a client's details."""
    return await _asked(tx, ask, "client", client_id, Order())


@acts(f"{OF_CLIENT}/book", ASK, purpose="write_back.ask", form=BookForm, back=client_changes)
async def book(tx: WriteSession, ask: Ask[BookForm], data: BookForm, client_id: uuid.UUID) -> Done:
    """Book an appointment."""
    (clinician,) = await addresses_of(tx, [data.clinician_id]) or [""]
    start = moment(data.on, data.at, ask.practice)
    order = Order(start=start, clinician=clinician, service=data.service)
    return await _asked(tx, ask, "book", client_id, order)


@shows(OF_VISIT, ASK, template="write_back/visit.html", purpose="write_back.visit", form=MoveForm)
async def visit_changes(tx: ReadSession, ask: Ask[MoveForm], appointment_id: uuid.UUID) -> Context:
    """Move or cancel an appointment."""
    visit = await appointment_by_id(tx, appointment_id)
    if visit is None:
        raise NotFound("appointment")
    names = await names_of(tx, [visit.client_id])
    return {
        "visit": visit,
        "name": names.get(visit.client_id, views.NAMELESS),
        "ways": await ways_of(tx, visit.client_id),
        "is_on": is_on(ask),
        "today": ask.practice.today(),
    }


@acts(f"{OF_VISIT}/move", ASK, purpose="write_back.ask", form=MoveForm, back=visit_changes)
async def move(
    tx: WriteSession, ask: Ask[MoveForm], data: MoveForm, appointment_id: uuid.UUID
) -> Done:
    """Move an appointment."""
    order = Order(start=moment(data.on, data.at, ask.practice))
    return await _asked(tx, ask, "move", appointment_id, order)


@acts(f"{OF_VISIT}/cancel", ASK, purpose="write_back.ask", form=CancelForm, back=visit_changes)
async def cancel(
    tx: WriteSession, ask: Ask[CancelForm], data: CancelForm, appointment_id: uuid.UUID
) -> Done:
    """Cancel an appointment."""
    return await _asked(tx, ask, "cancel", appointment_id, Order(reason=data.reason))


async def _asked(
    tx: WriteSession, ask: Ask[Any], act: str, subject_id: uuid.UUID, order: Order
) -> Done:
    made = await service.ask(tx, act, subject_id, order, is_on=is_on(ask), by=ask.by, at=ask.at)
    return Done(f"{PATH}/{made.id}", "write_back.asked", undo=f"{PATH}/{made.id}/take-back")
