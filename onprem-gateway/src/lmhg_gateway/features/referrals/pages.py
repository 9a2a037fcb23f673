"""Pages of referrals: the board, one referral, recording and moving."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.clients.public import names_of, search_among_others, shown_name
from lmhg_gateway.features.referrals import repository, rules, service, views
from lmhg_gateway.features.referrals.forms import MoveForm, NewReferral
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import long_day

AnyRequest = Request[Any, Any, Any]


@get("/referrals", opt=needs("referrals.read"), include_in_schema=False)
async def board(request: AnyRequest) -> Response[str]:
    """Open referrals by state, or all of one state as a list."""
    wanted = query_of(request).get("state", "")
    state = wanted if wanted in set(rules.State) else ""
    async with reading(request, "referrals.board") as tx:
        found = await repository.in_states(tx, [state] if state else list(rules.OPEN_STATES))
        names = await names_of(tx, (each.client_id for each in found))
        counts = await repository.counts(tx)
    now = utc_now()
    return await page(
        request,
        "referrals/board.html",
        lanes=views.board(found, names=names, counts=counts, at=now),
        rows=[views.row_of(each, names.get(each.client_id, ""), at=now) for each in found],
        states=[(each.value, counts.get(each.value, 0)) for each in rules.State],
        state=state,
        total=sum(counts.values()),
    )


@get(
    "/clients/{client_id:uuid}/referrals/new", opt=needs("referrals.write"), include_in_schema=False
)
async def new_referral(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[str]:
    """The form for a referral of this client."""
    form = start(
        NewReferral, received_on=PRACTICE.of(request).today().isoformat(), may_contact=True
    )
    return await _show_form(request, form, client_id=client_id)


@post("/clients/{client_id:uuid}/referrals", opt=needs("referrals.write"), include_in_schema=False)
async def record_referral(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Write the referral down."""
    form = fill(NewReferral, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, client_id=client_id, status=422)
    by = actor_of(request).id
    async with writing(request, "referral.record") as tx:
        await _client_name(tx, client_id)
        referral = await service.record(tx, form.data, client_id=client_id, by=by, at=utc_now())
    return go(request, f"/referrals/{referral.id}", notice="referral.recorded")


@get("/referrals/{referral_id:uuid}", opt=needs("referrals.read"), include_in_schema=False)
async def referral_page(request: AnyRequest, referral_id: FromPath[uuid.UUID]) -> Response[str]:
    """One referral: what is known, its way so far, and the steps that are open."""
    return await _show_referral(request, referral_id, form=start(MoveForm))


@post("/referrals/{referral_id:uuid}/move", opt=needs("referrals.write"), include_in_schema=False)
async def move(request: AnyRequest, referral_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Take one step of the transition table."""
    form = fill(MoveForm, await read_form(request))
    if form.data is None:
        return await _show_referral(request, referral_id, form=form, status=422)
    try:
        async with writing(request, "referral.move") as tx:
            await service.move(tx, referral_id, form.data, by=actor_of(request).id, at=utc_now())
    except Invalid as refused:
        form.refuse(refused.fields)
        return await _show_referral(request, referral_id, form=form, status=422)
    return go(request, f"/referrals/{referral_id}", notice="referral.moved")


async def _show_referral(
    request: AnyRequest, referral_id: uuid.UUID, *, form: Form[MoveForm], status: int = 200
) -> Response[str]:
    async with reading(request, "referral.view") as tx:
        referral = await repository.by_id(tx, referral_id)
        if referral is None:
            raise NotFound("referral")
        names = await names_of(tx, [referral.client_id])
        moves = await repository.moves_of(tx, referral_id)
        context: dict[str, Any] = {
            "row": views.row_of(referral, names.get(referral.client_id, ""), at=utc_now()),
            "facts": views.facts(referral),
            "concern": referral.concern,
            "steps": views.timeline(moves, await staff_names(tx)),
            "choices": views.choices(referral.state),
        }
    return await page(request, "referrals/referral.html", status=status, form=form, **context)


async def _show_form(
    request: AnyRequest, form: Form[NewReferral], *, client_id: uuid.UUID, status: int = 200
) -> Response[str]:
    async with reading(request, "referral.new") as tx:
        client = await _client_name(tx, client_id)
    return await page(
        request,
        "referrals/form.html",
        status=status,
        form=form,
        client=client,
        client_id=client_id,
        sources=views.options(rules.SOURCES),
        channels=views.options(rules.CHANNELS),
        concerns=views.options(rules.CONCERNS),
        urgencies=views.options(rules.URGENCIES),
        payers=views.options(rules.PAYERS),
    )


async def _client_name(tx: ReadSession, client_id: uuid.UUID) -> str:
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    return names[client_id]


async def find_referrals(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Referrals of the clients that the text finds, for those who may see clients too."""
    if not asked.may("clients.read"):
        return []
    clients = await search_among_others(tx, asked.text, limit=HITS_MAX)
    names = {client.id: shown_name(client) for client in clients}
    found = await repository.of_clients(tx, list(names), limit=HITS_MAX) if names else []
    return [
        Hit(
            label=names[each.client_id],
            href=f"/referrals/{each.id}",
            detail=f"{words(each.state)}, received {long_day(each.received_on)}",
            icon="referral",
        )
        for each in found
    ]
