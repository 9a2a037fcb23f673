"""Pages of pairs: the check while someone types, the queue, and two records side by side."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from lmhg_gateway.features.clients.public import names_of, shown_name, typed_traits, with_ids
from lmhg_gateway.features.duplicates import client_check, repository, service, views
from lmhg_gateway.features.duplicates.forms import Typing
from lmhg_gateway.features.duplicates.listed import PAIRS
from lmhg_gateway.features.duplicates.views import PATH
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import PairAct
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import fill, read_form
from lmhg_kit.http.page import go, is_part, page, part
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]


@post(client_check.PATH, opt=needs("duplicates.check"), status_code=200, include_in_schema=False)
async def check(request: AnyRequest) -> Response[Any]:
    """Who on record someone may be who is being typed; what is typed is in no address."""
    if not is_part(request):
        return go(request, "/clients/new")
    form = fill(Typing, await read_form(request))
    typed = form.data or Typing()
    async with reading(request, "client.check") as tx:
        alike = await client_check.find(tx, typed_traits(msgspec.structs.asdict(typed)))
    if not {each.client_id for each in alike} <= set(typed.shown):
        form.values["other_person"] = ""
    return part(request, client_check.TEMPLATE, alike=alike, form=form)


@get(PATH, opt=needs("duplicates.decide"), include_in_schema=False)
async def queue(request: AnyRequest) -> Response[Any]:
    """Pairs of records that may be of one person, the surest first."""
    wanted = PAIRS.wanted(request)
    async with reading(request, "duplicates.list") as tx:
        found, total = await repository.listed(tx, first=wanted.first, size=wanted.size)
        names = await names_of(
            tx, (each for pair in found for each in (pair.one_id, pair.other_id))
        )
        first = await service.next_waiting(tx)
        await PAIRS.audit(tx, wanted)
    rows = views.rows(found, names)
    if wanted.is_file:
        return PAIRS.file(request, rows, total=total)
    return await page(
        request,
        "duplicates/queue.html",
        list=PAIRS.made(wanted, rows, total=total),
        first=first,
    )


@shows(
    PATH + "/{pair_id:uuid}",
    "duplicates.decide",
    template="duplicates/pair.html",
    purpose="duplicates.compare",
)
async def pair_page(tx: ReadSession, ask: Ask[Any], pair_id: uuid.UUID) -> Context:
    """Two records side by side, and what to do with them."""
    pair = await repository.by_id(tx, pair_id)
    if pair is None:
        raise NotFound("client_pair")
    records = {each.id: each for each in await with_ids(tx, [pair.one_id, pair.other_id])}
    one, other = records[pair.one_id], records[pair.other_id]
    found = FEATURES.of(ask.request).contributions(PairAct)
    names = {each.id: shown_name(each) for each in (one, other)}
    by = (await staff_names(tx)).get(pair.decided_by or "", "") if pair.decided_by else ""
    return {
        "row": views.row_of(pair, names),
        "pair": pair,
        "is_open": pair.state == service.OPEN and not (one.merged_into or other.merged_into),
        "is_merged": bool(one.merged_into or other.merged_into),
        "is_apart": pair.state == service.NOT_SAME,
        "decided_by": by,
        "compared": views.compared(one, other),
        "around": views.around(await repository.queue(tx), pair_id),
        "acts": views.acts_of([each for each in found if ask.may(each.permission)], pair),
    }


@acts(
    PATH + "/{pair_id:uuid}/not-same",
    "duplicates.decide",
    purpose="duplicates.not_same",
    back=pair_page,
)
async def not_same(tx: WriteSession, ask: Ask[Any], pair_id: uuid.UUID) -> Done:
    """Say that these are two people, and go on to the next pair."""
    before = views.around(await repository.queue(tx), pair_id)
    await service.decide_not_same(tx, pair_id, by=ask.by, at=ask.at)
    after = before.after or before.before
    return Done(
        f"{PATH}/{after}" if after else PATH, "pair.not_same", undo=f"{PATH}/{pair_id}/ask-again"
    )


@acts(
    PATH + "/{pair_id:uuid}/ask-again",
    "duplicates.decide",
    purpose="duplicates.ask_again",
    back=pair_page,
)
async def ask_again(tx: WriteSession, _ask: Ask[Any], pair_id: uuid.UUID) -> Done:
    """Take back that these are two people."""
    await service.take_back(tx, pair_id)
    return Done(f"{PATH}/{pair_id}", "pair.asked_again")
