"""What tests of disposals do: someone is stored, a batch was approved, a record is disposed of."""

import uuid
from datetime import date, datetime

import asyncpg

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.retention import carrying_out
from lmhg_gateway.features.retention.jobs import ACTOR
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .everything import LONG_AGO  # noqa: TID252 - beside this file

ADMIN, OFFICER, SECOND = (uuid.UUID(int=0xA0 + n) for n in range(3))
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
SALT = "5a" * 32
PRACTICE = Practice("America/New_York")
YEARS = {"clients": 7, "inquiries": 7, "messages": 7}


async def set_years(onprem: PlaneDatabase, **years: int) -> None:
    """Have the schedule say these years, as two people once did; the others as usual."""
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        for code, count in (YEARS | years).items():
            await link.execute(
                "insert into compliance.retention_years (code, years) values ($1, $2)"
                " on conflict (code) do update set years = excluded.years",
                code, count,
            )  # fmt: skip
    finally:
        await link.close()


async def batch_of(
    onprem: PlaneDatabase,
    *clients: uuid.UUID,
    last_at: datetime = LONG_AGO,
    messages_before: datetime | None = None,
    line: str = "inquiries",
) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """A batch of these records that two people agreed to, and its items; any older one is over."""
    batch, items = uuid.uuid4(), [uuid.uuid4() for _ in clients]
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            for table in ("disposal_batch", "disposal_item"):
                await link.execute(f"alter table compliance.{table} disable trigger user")
            await link.execute(
                "update compliance.disposal_batch set state = 'dropped' where state = 'approved'"
            )
            await link.execute(
                "insert into compliance.disposal_batch (id, state, salt, proposed_by, asked_by, decided_by,"
                " messages_before) values ($1, 'approved', $2, 'process: worker', $3, $4, $5)",
                batch, SALT, ADMIN, OFFICER, messages_before,
            )  # fmt: skip
            for item, client in zip(items, clients, strict=True):
                await link.execute(
                    "insert into compliance.disposal_item (id, batch_id, client_id, line, years, last_at)"
                    " values ($1, $2, $3, $5, 7, $4)",
                    item, batch, client, last_at, line,
                )  # fmt: skip
            for table in ("disposal_batch", "disposal_item"):
                await link.execute(f"alter table compliance.{table} enable trigger user")
    finally:
        await link.close()
    return batch, items


async def someone(worker: Database, *, born: str | None = None) -> uuid.UUID:
    """A client with a referral, as the worker stores one, of whom nothing came in for years."""
    async with worker.uow(ACTOR, "test") as tx:
        client = Client(created_at=LONG_AGO)
        client.legal_name = "Brindlewyn Ostrameer"
        client.birth_date = born
        tx.add(client)
        await tx.flush()
        tx.add(
            Referral(
                client_id=client.id,
                source_category="self",
                received_on=date(2001, 1, 1),
                channel="phone",
                concern_code="unknown",
                state="closed",
                state_at=LONG_AGO,
            )
        )
        return client.id


async def due(opened: PlaneDatabase, worker: Database) -> tuple[uuid.UUID, uuid.UUID]:
    """A client who is in a batch that was approved, and the item."""
    client = await someone(worker)
    _, items = await batch_of(opened, client)
    return client, items[0]


async def disposed(worker: Database, item: uuid.UUID) -> str:
    """What comes of an item."""
    async with worker.uow(ACTOR, "disposal.record") as tx:
        return await carrying_out.dispose(tx, item, PRACTICE)


async def in_one(opened: PlaneDatabase, role: str, *statements: str) -> None:
    """Statements in one transaction of a role."""
    link = await asyncpg.connect(opened.url(role))
    try:
        async with link.transaction():
            for each in statements:
                await link.execute(each)
    finally:
        await link.close()
