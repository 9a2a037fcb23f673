"""Pages of clients: find, read, write down, change."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post

from lmhg_gateway.features.clients import repository, service, views
from lmhg_gateway.features.clients.directory import Found, search_among_others
from lmhg_gateway.features.clients.directory import search as search_clients
from lmhg_gateway.features.clients.forms import EditClient, NewClient, SearchForm, typed_traits
from lmhg_gateway.features.clients.listed import CLIENTS
from lmhg_gateway.features.clients.payers import PAYER_WORDS
from lmhg_gateway.features.clients.rules import check_part2
from lmhg_gateway.features.clients.search_rules import TOO_LONG
from lmhg_gateway.web.points import Banner, ClientAct, ClientBanner, ClientCheck, ClientSection
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Invalid
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.form_rules import refused_by
from lmhg_kit.http.forms import Form, fill, opened, read_form, start
from lmhg_kit.http.list_part import Wanted
from lmhg_kit.http.page import go, page
from lmhg_kit.http.search_text import recall, remember
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.formats import long_day

AnyRequest = Request[Any, Any, Any]
SEARCH = "search"


@get("/clients", opt=needs("clients.read"), include_in_schema=False)
async def client_list(request: AnyRequest) -> Response[Any]:
    """All clients, or those that the search of this session finds."""
    text = recall(request, SEARCH)
    return await _list(request, text, form=start(SearchForm, q=text))


async def _list(
    request: AnyRequest, text: str, *, form: Form[SearchForm], status: int = 200
) -> Response[Any]:
    wanted = CLIENTS.wanted(request)
    async with reading(request, "clients.list") as tx:
        try:
            found = Found([], 0) if form.errors else await _listed(tx, text, wanted)
        except Invalid as unclear:
            form.refuse(unclear.fields)
            found = Found([], 0)
        rows = views.rows(found.clients)
        await CLIENTS.audit(tx, wanted)
    most = repository.COUNTED_MAX if text else repository.LISTED_MAX
    total, is_bounded = min(found.total, most), found.total > most
    if wanted.is_file:
        return CLIENTS.file(request, rows, total=total, is_bounded=is_bounded)
    return await page(
        request,
        "clients/list.html",
        status=status,
        form=form,
        searched=text,
        list=CLIENTS.made(wanted, rows, total=total, is_bounded=is_bounded),
    )


async def _listed(tx: ReadSession, text: str, wanted: Wanted) -> Found:
    if text:
        return await search_clients(tx, text, limit=wanted.size, first=wanted.first)
    found, total = await repository.recent(
        tx, first=wanted.first, size=wanted.size, sort=wanted.sort
    )
    return Found(list(found), total)


@post("/clients/search", opt=needs("clients.read"), include_in_schema=False)
async def search(request: AnyRequest) -> Response[Any]:
    """Keep the search with the session, not in an address: addresses end up in histories."""
    form = fill(SearchForm, await read_form(request))
    if form.data is None:
        form.refuse({"q": TOO_LONG})
        return await _list(request, "", form=form, status=422)
    remember(request, SEARCH, form.data.q)
    return go(request, "/clients")


@shows(
    "/clients/new",
    "clients.write",
    template="clients/form.html",
    purpose="client.create",
    form=NewClient,
)
async def new_client(tx: ReadSession, ask: Ask[NewClient]) -> Context:
    """The form for someone new, with those on record who may be the same person."""
    values = ask.form.values
    checks = FEATURES.of(ask.request).contributions(ClientCheck)
    alike = await service.who_may_be(tx, typed_traits(values), checks=checks)
    return {
        "client_id": None,
        "checks": checks,
        "alike": alike,
        "banners": [],
        "key": values.get("key") or new_id(),
        "payers": list(PAYER_WORDS.items()),
        "today": ask.practice.today(),
    }


@acts("/clients", "clients.write", purpose="client.create", form=NewClient, back=new_client)
async def create_client(tx: WriteSession, ask: Ask[NewClient], data: NewClient) -> Done:
    """Write down a new client."""
    checks = FEATURES.of(ask.request).contributions(ClientCheck)
    client = await service.create(tx, data, by=ask.by, today=ask.practice.today(), checks=checks)
    return Done(f"/clients/{client.id}", "client.created", about=client.id)


@shows(
    "/clients/{client_id:uuid}",
    "clients.read",
    template="clients/client.html",
    purpose="client.view",
)
async def client_page(
    tx: ReadSession, ask: Ask[Any], client_id: uuid.UUID
) -> Context | Response[Any]:
    """One client, with what the other features know of them; a merged record leads to its other."""
    client, features = await service.view(tx, client_id), FEATURES.of(ask.request)
    if client.merged_into:
        return go(ask.request, f"/clients/{client.merged_into}", notice="client.merged")
    shown = [each for each in features.contributions(ClientSection) if ask.may(each.permission)]
    rows = await tx.together(*(each.load(tx, client_id) for each in shown))
    return {
        "card": views.card(client),
        "banners": await _banners(tx, ask, client_id),
        "sections": [
            views.Section(each.template, found) for each, found in zip(shown, rows, strict=True)
        ],
        "acts": [
            replace(each, path=each.path.format(client_id))
            for each in features.contributions(ClientAct)
            if ask.may(each.permission) and (each.is_on is None or each.is_on(ask.request))
        ],
    }


async def _banners(tx: ReadSession, ask: Ask[Any], client_id: uuid.UUID) -> list[Banner]:
    """What the features say first of a client."""
    shown = [
        each
        for each in FEATURES.of(ask.request).contributions(ClientBanner)
        if ask.may(each.permission)
    ]
    found = await tx.together(*(each.find(tx, client_id) for each in shown))
    return [banner for banners in found for banner in banners]


@shows(
    "/clients/{client_id:uuid}/edit",
    "clients.write",
    template="clients/form.html",
    purpose="client.edit",
)
async def edit_page(
    tx: ReadSession, ask: Ask[EditClient], client_id: uuid.UUID
) -> Context | Response[Any]:
    """The form with what is on record, or with what came back."""
    form = ask.form
    if not form.values:
        client = await service.view(tx, client_id)
        if client.merged_into:
            return go(ask.request, f"/clients/{client.merged_into}", notice="client.merged")
        form = opened(EditClient, views.form_values(client), version=client.version)
    elif form.errors:
        before = (await service.view(tx, client_id)).part2
        form.refuse(
            refused_by(lambda: check_part2(before=before, after=bool(form.values.get("part2"))))
        )
    return {
        "form": form,
        "client_id": client_id,
        "checks": (),
        "key": None,
        "banners": await _banners(tx, ask, client_id),
        "payers": list(PAYER_WORDS.items()),
        "today": ask.practice.today(),
    }


async def _now(tx: ReadSession, client_id: uuid.UUID) -> tuple[Mapping[str, Any], int]:
    client = await service.view(tx, client_id)
    return views.form_values(client), client.version


@acts(
    "/clients/{client_id:uuid}",
    "clients.write",
    purpose="client.edit",
    form=EditClient,
    back=edit_page,
    now=_now,
)
async def save_client(
    tx: WriteSession, ask: Ask[EditClient], data: EditClient, client_id: uuid.UUID
) -> Done:
    """Change what is known of a client."""
    await service.edit(tx, client_id, data, today=ask.practice.today())
    return Done(f"/clients/{client_id}", "client.saved", about=client_id)


async def find_clients(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Clients by any part of what is on record, over blind indexes; what is read is audited."""
    found = await search_among_others(tx, asked.text, limit=HITS_MAX)
    return [
        Hit(
            label=row.name,
            href=f"/clients/{row.id}",
            detail=f"Born {long_day(row.birth_date)}" if row.birth_date else "",
            icon="person",
        )
        for row in views.rows(found)
    ]
