"""Records that a file brings: written, changed and taken away again by the one who keeps count of them."""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import reindex
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.payers import payer_of, payer_text
from lmhg_gateway.features.clients.rules import WAYS, way_of
from lmhg_gateway.features.clients.service import FLAGS
from lmhg_kit.persistence import WriteSession


class Written(NamedTuple):
    """A record as it is after a change."""

    id: uuid.UUID
    version: int


async def write_new(tx: WriteSession, values: Mapping[str, Any]) -> Written:
    """Write down a new client with these values, findable at once."""
    client = Client()
    _put(client, values)
    await repository.add(tx, client)
    return await _done(tx, client)


async def write_over(tx: WriteSession, client: Client, values: Mapping[str, Any]) -> Written:
    """Change these values of a record."""
    _put(client, values)
    return await _done(tx, client)


async def held_at(tx: WriteSession, client_id: uuid.UUID, version: int | None) -> Client | None:
    """A record that nobody changed since this version, held until this unit of work ends."""
    client = await repository.locked(tx, client_id)
    if client is None:
        return None
    await tx.refresh(client)
    return client if client.version == version else None


async def remove_unused(tx: WriteSession, client_id: uuid.UUID) -> None:
    """Take a record away; the database refuses one that anything else names."""
    await tx.execute(delete(Client).where(Client.id == client_id))


def _put(client: Client, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "payer":
            client.payer = payer_text(payer_of(value)) or None
        elif name in WAYS:
            setattr(client, name, way_of(value))
        else:
            setattr(client, name, bool(value) if name in FLAGS else (value and str(value)) or None)


async def _done(tx: WriteSession, client: Client) -> Written:
    await reindex(tx, client)
    await tx.refresh(client)
    return Written(client.id, client.version)
