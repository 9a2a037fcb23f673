"""Pages of clients: find, read, write down, change."""

import base64
import binascii
import uuid
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.clients import service, views
from lmhg_gateway.features.clients.directory import search as search_clients
from lmhg_gateway.features.clients.directory import search_among_others
from lmhg_gateway.features.clients.forms import ClientForm, SearchForm
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.repository import recent
from lmhg_gateway.features.clients.search_rules import TOO_LONG
from lmhg_gateway.web.points import ClientAct, ClientSection
from lmhg_kit.errors import Invalid, KeyUnknown, SealBroken
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import gate_of, may, needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.lists import PAGE_SIZE, page_number, slice_of
from lmhg_kit.http.page import go, page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.sealing import installed
from lmhg_kit.ui.formats import long_day

AnyRequest = Request[Any, Any, Any]
SEARCH_COOKIE = "search"


@get("/clients", opt=needs("clients.read"), include_in_schema=False)
async def client_list(request: AnyRequest) -> Response[str]:
    """Clients last changed, or those that the search of this session finds."""
    text, number = _searched(request), page_number(query_of(request).get("page", ""))
    form = start(SearchForm, q=text)
    async with reading(request, "clients.list") as tx:
        try:
            found, more = await _listed(tx, text, number=number)
        except Invalid as unclear:
            form.refuse(unclear.fields)
            found, more = [], False
        rows = views.rows(found)
    return await _list(request, rows, form=form, searched=text, more=more, number=number)


async def _list(
    request: AnyRequest,
    rows: list[views.ClientRow],
    *,
    form: Form[SearchForm],
    searched: str,
    more: bool = False,
    number: int = 1,
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "clients/list.html",
        status=status,
        rows=rows,
        form=form,
        searched=searched,
        more=more,
        slice=slice_of("/clients", {}, page=number, shown=len(rows), total=None, more=more),
    )


@post("/clients/search", opt=needs("clients.read"), include_in_schema=False)
async def search(request: AnyRequest) -> Response[Any]:
    """Keep the search with the session, not in an address: addresses end up in histories."""
    form = fill(SearchForm, await read_form(request))
    visit, jar = visit_of(request), gate_of(request).jar
    if form.data is None:
        form.refuse({"q": TOO_LONG})
        return await _list(request, [], form=form, searched="", status=422)
    text = form.data.q
    line = jar.put(SEARCH_COOKIE, _seal(request, text)) if text else jar.drop(SEARCH_COOKIE)
    visit.set_cookies.append(line)
    return go(request, "/clients")


@get("/clients/new", opt=needs("clients.write"), include_in_schema=False)
async def new_client(request: AnyRequest) -> Response[str]:
    """An empty form."""
    return await _show_form(request, start(ClientForm))


@post("/clients", opt=needs("clients.write"), include_in_schema=False)
async def create_client(request: AnyRequest) -> Response[Any]:
    """Write down a new client."""
    form = fill(ClientForm, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, status=422)
    async with writing(request, "client.create") as tx:
        client = await service.create(tx, form.data)
    return go(request, f"/clients/{client.id}", notice="client.created")


@get("/clients/{client_id:uuid}", opt=needs("clients.read"), include_in_schema=False)
async def client_page(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[str]:
    """One client, with what the other features know of them."""
    async with reading(request, "client.view") as tx:
        client = await service.view(tx, client_id)
        context: dict[str, Any] = {
            "card": views.card(client),
            "sections": [
                views.Section(each.template, await each.load(tx, client_id))
                for each in FEATURES.of(request).contributions(ClientSection)
                if may(request, each.permission)
            ],
            "acts": [
                replace(each, path=each.path.format(client_id))
                for each in FEATURES.of(request).contributions(ClientAct)
                if may(request, each.permission)
            ],
        }
    return await page(request, "clients/client.html", **context)


@get("/clients/{client_id:uuid}/edit", opt=needs("clients.write"), include_in_schema=False)
async def edit_page(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[str]:
    """The form with what is on record."""
    async with reading(request, "client.edit") as tx:
        client = await service.view(tx, client_id)
        form = Form[ClientForm](values=views.form_values(client))
    return await _show_form(request, form, client_id=client_id)


@post("/clients/{client_id:uuid}", opt=needs("clients.write"), include_in_schema=False)
async def save_client(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Change what is known of a client."""
    form = fill(ClientForm, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, client_id=client_id, status=422)
    try:
        async with writing(request, "client.edit") as tx:
            await service.edit(tx, client_id, form.data)
    except Invalid as refused:
        form.refuse(refused.fields)
        return await _show_form(request, form, client_id=client_id, status=422)
    return go(request, f"/clients/{client_id}", notice="client.saved")


async def _listed(tx: ReadSession, text: str, *, number: int) -> tuple[list[Client], bool]:
    if text:
        return await search_clients(tx, text)
    found = list(await recent(tx, page=number))
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


async def _show_form(
    request: AnyRequest,
    form: Form[ClientForm],
    *,
    client_id: uuid.UUID | None = None,
    status: int = 200,
) -> Response[str]:
    return await page(request, "clients/form.html", status=status, form=form, client_id=client_id)


def _place(request: AnyRequest) -> str:
    session = visit_of(request).session
    return f"cookie|search|{session.token_hash.hex() if session else ''}"


def _seal(request: AnyRequest, text: str) -> str:
    sealed = installed().seal(text.encode(), place=_place(request))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _searched(request: AnyRequest) -> str:
    """The search kept with this session; nothing when it was another session's."""
    jar = gate_of(request).jar
    kept = jar.read(request.headers.get("cookie", ""), SEARCH_COOKIE) or ""
    try:
        blob = base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
        return installed().open(blob, place=_place(request)).decode() if blob else ""
    except (binascii.Error, ValueError, KeyUnknown, SealBroken):
        return ""


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
