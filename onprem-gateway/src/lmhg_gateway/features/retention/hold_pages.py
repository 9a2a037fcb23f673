"""Pages of legal holds: all that last, on everything, and on one client."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents.public import held_documents
from lmhg_gateway.features.referrals.public import referrals_of
from lmhg_gateway.features.retention import repository, service, views
from lmhg_gateway.features.retention.forms import HoldForm
from lmhg_gateway.features.retention.listed import HOLDS, HOLDS_LIST
from lmhg_gateway.features.retention.pages import HOLD, READ
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
OF_CLIENT = "/clients/{client_id:uuid}/hold"
EVERYTHING = f"{HOLDS}/everything"
REFERRALS_MAX = 50


class HoldOnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of holds has fields for."""

    why: str = ""
    referral_id: str = ""


@get(HOLDS, opt=needs(READ), include_in_schema=False)
async def holds_page(request: AnyRequest) -> Response[Any]:
    """Every hold that lasts: on everything first, then on clients, then on documents; a page at a time."""
    wanted = HOLDS_LIST.wanted(request)
    async with reading(request, "retention.holds") as tx:
        first, size = wanted.first, wanted.size
        if first:
            found, total = await repository.open_holds(tx, first=first, size=size)
            papers, of_papers = await held_documents(tx, first=max(0, first - total), size=size)
        else:
            (found, total), (papers, of_papers) = await tx.together(
                repository.open_holds(tx, first=0, size=size),
                held_documents(tx, first=0, size=size),
            )
        papers = papers[: size - len(found)]
        ids = {each.client_id for each in found if each.client_id}
        clients, names = await tx.together(
            names_of(tx, ids | {document.client_id for document, _ in papers}), staff_names(tx)
        )
        everything = [each for each in found if each.client_id is None]  # they come first
        if first:
            everything = await repository.holds_on_everything(tx)
        await HOLDS_LIST.audit(tx, wanted)
    rows = [views.hold_row(each, clients, names) for each in found]
    rows += [views.paper_row(document, hold, clients, names) for document, hold in papers]
    if wanted.is_file:
        return HOLDS_LIST.file(request, rows, total=total + of_papers)
    return await page(
        request,
        "retention/holds.html",
        list=HOLDS_LIST.made(wanted, rows, total=total + of_papers),
        everything=[views.hold_row(each, {}, names) for each in everything],
        may_hold=may(request, HOLD),
    )


@shows(
    EVERYTHING,
    HOLD,
    template="retention/everything.html",
    purpose="retention.holds",
    form=HoldOnPage,
)
async def everything_page(_tx: ReadSession, _ask: Ask[HoldOnPage]) -> Context:
    """The form that puts everything on hold."""
    return {}


@acts(HOLDS, HOLD, purpose="retention.hold", form=HoldForm, back=everything_page, fresh=True)
async def hold_everything(tx: WriteSession, ask: Ask[HoldForm], data: HoldForm) -> Done:
    """Put everything on hold."""
    await service.place_hold(tx, data, client_id=None, by=ask.by, at=ask.at)
    return Done(HOLDS, "retention.held")


@acts(f"{HOLDS}/{{hold_id:uuid}}/lift", HOLD, purpose="retention.lift", fresh=True)
async def lift_hold(tx: WriteSession, ask: Ask[Any], hold_id: uuid.UUID) -> Done:
    """End a hold."""
    lifted = await service.lift_hold(tx, hold_id, by=ask.by, at=ask.at)
    own = f"/clients/{lifted.client_id}/hold" if lifted.client_id else HOLDS
    return Done(own, "retention.lifted")


@shows(
    OF_CLIENT,
    READ,
    template="retention/client_hold.html",
    purpose="retention.client",
    form=HoldOnPage,
)
async def client_hold(tx: ReadSession, ask: Ask[HoldOnPage], client_id: uuid.UUID) -> Context:
    """The holds on a client, and the form for one more."""
    names, found, staff, referrals = await tx.together(
        names_of(tx, [client_id]),
        repository.holds_on(tx, client_id),
        staff_names(tx),
        referrals_of(tx, [client_id], limit=REFERRALS_MAX),
    )
    if client_id not in names:
        raise NotFound("client")
    others = {each.client_id for each in found if each.client_id} - names.keys()
    names = {**names, **(await names_of(tx, list(others)) if others else {})}
    return {
        "client_id": client_id,
        "name": names[client_id],
        "rows": [views.hold_row(each, names, staff) for each in found],
        "choices": views.hold_choices(referrals),
        "may_hold": ask.may(HOLD),
    }


@acts(OF_CLIENT, HOLD, purpose="retention.hold", form=HoldForm, back=client_hold, fresh=True)
async def hold_client(
    tx: WriteSession, ask: Ask[HoldForm], data: HoldForm, client_id: uuid.UUID
) -> Done:
    """Put a client on hold."""
    await service.place_hold(tx, data, client_id=client_id, by=ask.by, at=ask.at)
    return Done(f"/clients/{client_id}/hold", "retention.held")


HOLD_PAGES = (
    holds_page,
    everything_page,
    hold_everything,
    lift_hold,
    client_hold,
    hold_client,
)
