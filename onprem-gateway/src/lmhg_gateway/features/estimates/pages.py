"""Pages of estimates: the list, one of them, and what is said of it."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents.public import names_of_client
from lmhg_gateway.features.estimates import repository, rules, service, views
from lmhg_gateway.features.estimates.forms import GivenForm, NewEstimate, NotOwedForm
from lmhg_gateway.features.estimates.listed import ESTIMATES
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
LIST = "/estimates"
ONE = f"{LIST}/{{estimate_id:uuid}}"
READ, WRITE = "estimates.read", "estimates.write"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What an estimate's page has fields for, in its forms together."""

    given_on: str = ""
    how: str = ""
    document_id: str = ""
    amount: str = ""
    not_why: str = ""


@get(LIST, opt=needs(READ), include_in_schema=False)
async def estimate_list(request: AnyRequest) -> Response[Any]:
    """What is owed, what is due first on top."""
    wanted, practice = ESTIMATES.wanted(request), PRACTICE.of(request)
    at = practice.clock()
    async with reading(request, "estimates.list") as tx:
        found, total = await repository.listed(
            tx, state=wanted["state"], at=at, first=wanted.first, size=wanted.size
        )
        names = await names_of(tx, (each.client_id for each in found))
        await ESTIMATES.audit(tx, wanted)
    rows = [views.row(each, names.get(each.client_id, views.NAMELESS), at=at) for each in found]
    if wanted.is_file:
        return ESTIMATES.file(request, rows, total=total)
    return await page(
        request, "estimates/list.html", list=ESTIMATES.made(wanted, rows, total=total)
    )


@shows(
    "/clients/{client_id:uuid}/estimates/new",
    WRITE,
    template="estimates/form.html",
    purpose="estimate.new",
    form=NewEstimate,
)
async def new_estimate(tx: ReadSession, ask: Ask[NewEstimate], client_id: uuid.UUID) -> Context:
    """The form for a person who asked, or for whom something changed."""
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    return {
        "client": names[client_id],
        "client_id": client_id,
        "today": ask.practice.today(),
        "reasons": [(each.value, rules.WHY[each]) for each in (rules.Why.ASKED, rules.Why.CHANGED)],
    }


@acts(
    "/clients/{client_id:uuid}/estimates",
    WRITE,
    purpose="estimate.new",
    form=NewEstimate,
    back=new_estimate,
)
async def add_estimate(
    tx: WriteSession, ask: Ask[NewEstimate], data: NewEstimate, client_id: uuid.UUID
) -> Done:
    """Say that the person is owed one; the day follows from the law."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    made = await service.ask(tx, client_id, data, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{made.id}", "estimate.opened", about=client_id)


@shows(ONE, READ, template="estimates/estimate.html", purpose="estimate.view", form=OnPage)
async def estimate_page(tx: ReadSession, ask: Ask[OnPage], estimate_id: uuid.UUID) -> Context:
    """One estimate: why it is owed, until when, and what was given."""
    found = await service.view(tx, estimate_id)
    staff, names, papers = await tx.together(
        staff_names(tx),
        names_of(tx, [found.client_id]),
        names_of_client(tx, found.client_id),
    )
    values, today = ask.form.values, ask.practice.today()
    values["given_on"] = values.get("given_on") or today.isoformat()
    name = names.get(found.client_id, views.NAMELESS)
    zone = ask.practice.zone
    return {
        "card": views.card(found, name, staff, by=ask.by, at=ask.at, zone=zone),
        "today": today,
        "hows": views.options(rules.HOW),
        "papers": [("", "No document"), *((str(each), text) for each, text in papers)],
    }


@acts(f"{ONE}/give", WRITE, purpose="estimate.give", form=GivenForm, back=estimate_page)
async def give_estimate(
    tx: WriteSession, ask: Ask[GivenForm], data: GivenForm, estimate_id: uuid.UUID
) -> Done:
    """Say that it was given."""
    found = await service.give(tx, estimate_id, data, by=ask.by, practice=ask.practice)
    own = f"{LIST}/{estimate_id}"
    return Done(own, "estimate.given", undo=f"{own}/reopen", about=found.client_id)


@acts(f"{ONE}/not-owed", WRITE, purpose="estimate.not_owed", form=NotOwedForm, back=estimate_page)
async def drop_estimate(
    tx: WriteSession, ask: Ask[NotOwedForm], data: NotOwedForm, estimate_id: uuid.UUID
) -> Done:
    """Say why none is needed."""
    found = await service.say_not_owed(
        tx, estimate_id, data.not_why, by=ask.by, practice=ask.practice
    )
    own = f"{LIST}/{estimate_id}"
    return Done(own, "estimate.not_owed", undo=f"{own}/reopen", about=found.client_id)


@acts(f"{ONE}/reopen", WRITE, purpose="estimate.reopen", back=estimate_page)
async def reopen_estimate(tx: WriteSession, ask: Ask[Any], estimate_id: uuid.UUID) -> Done:
    """Take one's own answer back, shortly after it."""
    found = await service.reopen(tx, estimate_id, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{estimate_id}", "estimate.reopened", about=found.client_id)
