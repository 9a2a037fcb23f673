"""All SQL of clients."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select

from lmhg_gateway.features.clients.models import Client, ClientToken
from lmhg_gateway.features.clients.rules import Groups
from lmhg_kit.http.lists import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession


async def by_id(tx: ReadSession, client_id: uuid.UUID) -> Client | None:
    """One client."""
    return await tx.get(Client, client_id)


async def locked(tx: WriteSession, client_id: uuid.UUID) -> Client | None:
    """One client, held until this unit of work ends."""
    return await tx.scalar(select(Client).where(Client.id == client_id).with_for_update())


async def recent(tx: ReadSession, *, page: int) -> Sequence[Client]:
    """One page of clients and one more, last changed first."""
    query = select(Client).order_by(Client.updated_at.desc(), Client.id)
    return (await tx.scalars(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1))).all()


async def with_tokens(
    tx: ReadSession, groups: Groups, *, limit: int = PAGE_SIZE + 1
) -> Sequence[Client]:
    """Clients that have a token of every group: one page and one more, unless fewer are wanted."""
    query = select(Client)
    for group in groups:
        has_one = exists().where(
            ClientToken.client_id == Client.id, ClientToken.token.in_(sorted(group))
        )
        query = query.where(has_one)
    return (await tx.scalars(query.order_by(Client.id).limit(limit))).all()


async def add(tx: WriteSession, client: Client) -> None:
    """Keep a new client on-prem."""
    tx.add(client)
    await tx.flush()
