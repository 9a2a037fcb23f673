"""Clients for programs: found, listed, read, written down and changed."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.clients import repository, service
from lmhg_gateway.features.clients.directory import birth_date_of, search, shown_name
from lmhg_gateway.features.clients.forms import EditClient, NewClient, SearchForm
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.payers import payer_of, payer_text
from lmhg_gateway.web.points import ClientCheck
from lmhg_kit.http.faces import Ask, answers, asks, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class ClientOut(msgspec.Struct, frozen=True, kw_only=True):
    """One client, with what is on record."""

    id: uuid.UUID
    version: int
    name: str
    legal_name: str
    name_used: str
    pronouns: str
    birth_date: date | None
    mobile: str
    phone: str
    email: str
    address: str
    guardian: str
    payer: str
    """In words, as the record says it."""
    payer_code: str
    payer_name: str
    language: str
    may_voicemail: bool | None
    may_text: bool | None
    may_email: bool | None
    may_mail: bool | None
    part2: bool
    merged_into: uuid.UUID | None
    updated_at: datetime


class ClientsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the clients, and how many there are; `is_bounded` when counting stopped there."""

    clients: list[ClientOut]
    total: int
    is_bounded: bool = False


def client_out(client: Client) -> ClientOut:
    """A client as programs are told of one."""
    payer = payer_of(client.payer)
    return ClientOut(
        id=client.id,
        version=client.version,
        name=shown_name(client),
        legal_name=client.legal_name or "",
        name_used=client.name_used or "",
        pronouns=client.pronouns or "",
        birth_date=birth_date_of(client),
        mobile=client.mobile or "",
        phone=client.phone or "",
        email=client.email or "",
        address=client.address or "",
        guardian=client.guardian or "",
        payer=payer_text(payer),
        payer_code=payer.code,
        payer_name=payer.name,
        language=client.language or "",
        may_voicemail=client.may_voicemail,
        may_text=client.may_text,
        may_email=client.may_email,
        may_mail=client.may_mail,
        part2=client.part2,
        merged_into=client.merged_into,
        updated_at=client.updated_at,
    )


@asks("/api/v1/clients/search", "clients.read", purpose="clients.search", tag="clients")
async def search_clients(tx: ReadSession, _ask: Ask[Any], data: JSONBody[SearchForm]) -> ClientsOut:
    """Find clients by anything one may know.

    The text travels in the body, because addresses end up in histories and logs.
    """
    found = await search(tx, data.q)
    most = repository.COUNTED_MAX
    return ClientsOut(
        clients=[client_out(each) for each in found.clients],
        total=min(found.total, most),
        is_bounded=found.total > most,
    )


@answers("/api/v1/clients", "clients.read", purpose="clients.list", tag="clients")
async def list_clients(
    tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> ClientsOut:
    """Fifty clients, last changed first."""
    found, total = await repository.everyone(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return ClientsOut(clients=[client_out(each) for each in found], total=total)


@answers("/api/v1/clients/{client_id:uuid}", "clients.read", purpose="client.view", tag="clients")
async def read_client(tx: ReadSession, _ask: Ask[Any], client_id: FromPath[uuid.UUID]) -> ClientOut:
    """One client."""
    return client_out(await service.view(tx, client_id))


@does("/api/v1/clients", "clients.write", purpose="client.create", tag="clients", status=201)
async def add_client(tx: WriteSession, ask: Ask[Any], data: JSONBody[NewClient]) -> ClientOut:
    """Write down a new client; someone who may be on record asks for `other_person`.

    With a `key`, which becomes the id, a repeated call gives the client that the first one made.
    """
    checks = FEATURES.of(ask.request).contributions(ClientCheck)
    made = await service.create(tx, data, by=ask.by, today=ask.practice.today(), checks=checks)
    return await _saved(tx, made)


@does(
    "/api/v1/clients/{client_id:uuid}",
    "clients.write",
    purpose="client.edit",
    tag="clients",
    method="PUT",
)
async def change_client(
    tx: WriteSession,
    ask: Ask[Any],
    client_id: FromPath[uuid.UUID],
    data: JSONBody[EditClient],
) -> ClientOut:
    """Change a client, from the version that was seen; a record that was merged stays as it was."""
    return await _saved(tx, await service.edit(tx, client_id, data, today=ask.practice.today()))


async def _saved(tx: WriteSession, client: Client) -> ClientOut:
    await tx.flush()
    await tx.refresh(client)
    return client_out(client)


HANDLERS = (search_clients, list_clients, read_client, add_client, change_client)
