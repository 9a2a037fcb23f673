"""Clients for programs: found and read."""

import uuid
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.clients import service, views
from lmhg_gateway.features.clients.directory import search
from lmhg_gateway.features.clients.forms import SearchForm
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]


class FoundClients(msgspec.Struct, frozen=True):
    """What a search found; `more` says that only the first are here."""

    clients: list[views.ClientRow]
    more: bool


class ClientDetail(msgspec.Struct, frozen=True):
    """One client: facts by label, and which ways of contact are safe."""

    id: uuid.UUID
    name: str
    part2: bool
    facts: dict[str, str | None]
    contact: dict[str, bool]


@post("/api/v1/clients/search", opt=needs("clients.read"), status_code=200, tags=["clients"])
async def search_clients(request: AnyRequest, data: JSONBody[SearchForm]) -> FoundClients:
    """Find clients by anything one may know.

    The text travels in the body, because addresses end up in histories and logs.
    """
    async with reading(request, "clients.search") as tx:
        found, more = await search(tx, data.q)
        return FoundClients(views.rows(found), more)


@get("/api/v1/clients/{client_id:uuid}", opt=needs("clients.read"), tags=["clients"])
async def read_client(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> ClientDetail:
    """One client."""
    async with reading(request, "client.view") as tx:
        card = views.card(await service.view(tx, client_id))
    return ClientDetail(card.id, card.name, card.part2, dict(card.facts), dict(card.contact))
