"""The demo's differences with IntakeQ: phones that someone changed here, and a second client of someone."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from lmhg_gateway.adapters.intakeq import Person
from lmhg_gateway.features.clients.public import (
    Client,
    birth_date_of,
    reindex,
    store_person,
)
from lmhg_gateway.features.differences.models import IntakeqCopy
from lmhg_gateway.features.intakeq_people.public import PersonHeld, who_is
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_stack.people import member

DESK = "front@lmhg.test"
PHONES = ("(502) 555-0171", "(502) 555-0172", "(502) 555-0173")
"""Phones that the front desk typed, of as many clients."""
SECOND = "990001"
"""The number of the client that the booking page made a second time."""


async def put_differences(url: str) -> None:
    """Change some phones here, let IntakeQ repeat its own, and book one person twice."""
    db = Database(url, pool_size=1, role=owner_for(url))
    desk = str(member(DESK).id)
    try:
        async with db.uow(Actor(desk), "demo differences") as tx:
            clients = await _clients(tx, len(PHONES) + 1)
            for client, phone in zip(clients, PHONES, strict=False):
                there = _profile(client)
                client.phone = phone
                await reindex(tx, client)
                await store_person(tx, there)
            for client in clients[-1:]:
                await _second(tx, client)
    finally:
        await db.close()


async def _clients(tx: WriteSession, count: int) -> Sequence[Client]:
    """Clients that IntakeQ has, the oldest first."""
    query = (
        select(Client)
        .join(IntakeqCopy, IntakeqCopy.record_id == Client.id)
        .where(IntakeqCopy.kind == "client", Client.merged_into.is_(None))
        .order_by(Client.created_at, Client.id)
    )
    return (await tx.scalars(query.limit(count))).all()


def _profile(client: Client, number: str = "") -> Person:
    """What IntakeQ has of a client."""
    return Person(
        number=number or client.intakeq_number or "",
        name=client.legal_name or "",
        email=None if number else client.email,
        phone=client.phone,
        mobile=client.mobile,
        birth_date=None if number else birth_date_of(client),
        address=None,
        payer=None,
    )


async def _second(tx: WriteSession, client: Client) -> None:
    try:
        await who_is(tx, _profile(client, SECOND), may_add=False)
    except PersonHeld:
        return


def main(environ: Mapping[str, str]) -> int:
    """Run as a step of `make up`."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(put_differences(environ["LMHG_DATABASE_URL"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
