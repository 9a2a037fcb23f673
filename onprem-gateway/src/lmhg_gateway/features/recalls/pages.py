"""Pages of recalls: who has nothing booked, and what was decided about a client."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.clients.public import reach_of
from lmhg_gateway.features.contacts.public import AttemptForm
from lmhg_gateway.features.recalls import reading, repository, service
from lmhg_gateway.features.recalls.forms import DecideForm, SeenForm
from lmhg_gateway.features.recalls.listed import PATH, RECALLS
from lmhg_gateway.features.recalls.rules import REASONS, Outcome, Reason
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.work_list.public import back_to
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading as unit_of_reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
ONE = f"{PATH}/{{recall_id:uuid}}"
OF_CLIENT = "/clients/{client_id:uuid}/ask-back"


@get(PATH, opt=needs("recalls.read"), include_in_schema=False)
async def recalls(request: AnyRequest) -> Response[Any]:
    """Everyone who was seen and has nothing booked."""
    wanted, practice = RECALLS.wanted(request), PRACTICE.of(request)
    async with unit_of_reading(request, "recalls.list") as tx:
        found = await reading.listed(
            tx, wanted["view"], practice, first=wanted.first, size=wanted.size
        )
        await RECALLS.audit(tx, wanted)
    if wanted.is_file:
        return RECALLS.file(request, found.rows, total=found.total, is_bounded=found.is_bounded)
    made = RECALLS.made(wanted, found.rows, total=found.total, is_bounded=found.is_bounded)
    return await page(request, "recalls/list.html", list=made, view=wanted["view"])


@shows(
    OF_CLIENT,
    "recalls.read",
    template="recalls/client.html",
    purpose="recalls.client",
    form=DecideForm,
)
async def client_recall(tx: ReadSession, ask: Ask[DecideForm], client_id: uuid.UUID) -> Context:
    """What was decided about a client with nothing booked, and the form to decide again."""
    return await _of_client(tx, ask, client_id)


async def _of_client(tx: ReadSession, ask: Ask[DecideForm], client_id: uuid.UUID) -> Context:
    reach = (await reach_of(tx, [client_id])).get(client_id)
    if reach is None:
        raise NotFound("client")
    found = await repository.of_client(tx, client_id)
    months = service.months_from(ask.practice.today())
    return {
        "client_id": client_id,
        "reach": reach,
        "phone": reach.mobile or reach.phone,
        "said": reading.said(found, await staff_names(tx)),
        "months": [("", "Choose a month"), *((m.isoformat(), f"{m:%B %Y}") for m in months)],
        "reasons": [("", "Choose one"), *((each.value, REASONS[each]) for each in Reason)],
        "outcomes": [
            (Outcome.LATER.value, "Ask again in a month"),
            (Outcome.OVER.value, "Do not ask again"),
        ],
    }


@shows(
    ONE, "recalls.read", template="recalls/client.html", purpose="recalls.client", form=DecideForm
)
async def recall_page(tx: ReadSession, ask: Ask[DecideForm], recall_id: uuid.UUID) -> Context:
    """The same for the client whom a decision is about."""
    found = await repository.one(tx, recall_id)
    if found is None:
        raise NotFound("recall")
    return await _of_client(tx, ask, found.client_id)


@acts(OF_CLIENT, "recalls.write", purpose="recalls.decide", form=DecideForm, back=client_recall)
async def decide(
    tx: WriteSession, ask: Ask[DecideForm], data: DecideForm, client_id: uuid.UUID
) -> Done:
    """Decide when to ask a client again."""
    made = await service.decide(tx, client_id, data, by=ask.by, practice=ask.practice)
    return Done(PATH, f"recall.{made.outcome}", undo=f"{PATH}/{made.id}/undo", about=made.client_id)


@acts(f"{ONE}/undo", "recalls.write", purpose="recalls.undo", back=recall_page)
async def undo(tx: WriteSession, ask: Ask[Any], recall_id: uuid.UUID) -> Done:
    """Take one's own decision back."""
    found = await service.undo(tx, recall_id, by=ask.by, practice=ask.practice)
    return Done(back_to(ask.request, PATH), "recall.undone", about=found.client_id)


@acts(f"{ONE}/later", "recalls.write", purpose="recalls.decide", form=SeenForm, back=recall_page)
async def put_off(
    tx: WriteSession, ask: Ask[SeenForm], data: SeenForm, recall_id: uuid.UUID
) -> Done:
    """Ask a month later."""
    made = await service.put_off(tx, recall_id, seen=data.seen, by=ask.by, practice=ask.practice)
    return Done(
        back_to(ask.request, PATH),
        "recall.later",
        undo=f"{PATH}/{made.id}/undo",
        about=made.client_id,
    )


@acts(f"{ONE}/over", "recalls.write", purpose="recalls.decide", form=SeenForm, back=recall_page)
async def end(tx: WriteSession, ask: Ask[SeenForm], data: SeenForm, recall_id: uuid.UUID) -> Done:
    """Ask no more."""
    made = await service.end(tx, recall_id, seen=data.seen, by=ask.by, practice=ask.practice)
    return Done(
        back_to(ask.request, PATH),
        "recall.over",
        undo=f"{PATH}/{made.id}/undo",
        about=made.client_id,
    )


@acts(f"{ONE}/attempts", "recalls.write", purpose="contact.try", form=AttemptForm, back=recall_page)
async def try_contact(
    tx: WriteSession, ask: Ask[AttemptForm], data: AttemptForm, recall_id: uuid.UUID
) -> Done:
    """Note a try to reach them; the call stays on the work list until something is decided."""
    made = await service.try_contact(tx, recall_id, data, by=ask.by, practice=ask.practice)
    return Done(back_to(ask.request, PATH), f"contact.{made.result}", about=made.client_id)


PAGES = (recalls, recall_page, client_recall, decide, undo, put_off, end, try_contact)
