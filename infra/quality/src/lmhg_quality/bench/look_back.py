"""Looking back: seconds from a client's change to the order for the last text that names it.

100,000 texts of a practice's kind lie on the portal, on a database of their own; the new clients
are invented, and each is named in one text, spread over all of them.
"""

import asyncio
import os
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.look_back.service import LookBack
from lmhg_kit.logs import configure
from lmhg_kit.loops import Step
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.sealing import install
from lmhg_quality.bench.ground import onprem_database
from lmhg_stack.testing import PlaneDatabase

TEXTS = 100_000
NEW_CLIENTS = (1, 100)
MESSAGES_A_TICKET = 4
ZONE = "America/Kentucky/Louisville"
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
SENTENCES = (
    "The printer by the front door has no paper and blinks.",
    "I can't open the calendar on my phone since this morning.",
    "Please order more envelopes and two boxes of tissues.",
    "Who has the key to the group room on Thursday at 4?",
    "The scanner sends pages upside down, only from the tray.",
    "My password works at my desk but not from home.",
    "Room 3 is too warm; the thermostat shows an error 14.",
    "Can someone show me how to export the weekly list?",
    "It works again after a restart, thank you!",
    "Still the same today. I tried the other browser too.",
)


def _name(number: int) -> str:
    """A pronounceable invented name that nobody bears."""
    parts = ("bra", "vel", "tho", "quin", "mar", "des", "lor", "fen", "gul", "wim")
    digits = f"{number:03d}"
    first, last = ("".join(parts[int(each)] for each in order) for order in (digits, digits[::-1]))
    return f"{first.title()}o {last.title()}wick"


def _body(n: int, dice: random.Random, named: dict[int, str]) -> str:
    said = " ".join(dice.sample(SENTENCES, k=dice.randint(1, 4)))
    return f"{said} Ask {named[n]}." if n in named else said


def _records(named: dict[int, str]) -> Iterator[tuple[str, uuid.UUID, uuid.UUID, str]]:
    """(kind, id, ticket, body) of every text: a ticket and its messages, in order."""
    dice, ticket = random.Random(9), uuid.UUID(int=0)
    for n in range(TEXTS):
        record_id, at = uuid.UUID(int=dice.getrandbits(128)), FIRST + timedelta(seconds=40 * n)
        stamp, body = f"{at:%Y-%m-%dT%H:%M:%SZ}", _body(n, dice, named)
        if n % (MESSAGES_A_TICKET + 1) == 0:
            ticket = record_id
            fields = {
                "kind": "ticket", "assignee_id": None, "body": body, "category": "computer",
                "filed_at": stamp, "filed_by": str(ticket), "redacted": False, "state": "new",
                "subject": dice.choice(SENTENCES)[:60], "urgency": "low",
            }  # fmt: skip
        else:
            fields = {
                "kind": "ticket_message", "author_id": str(ticket), "body": body, "internal": False,
                "redacted": False, "sent_at": stamp, "ticket_id": str(ticket),
            }  # fmt: skip
        yield str(fields["kind"]), record_id, ticket, msgspec.json.encode(fields).decode()


async def _fill(database: PlaneDatabase, named: dict[int, str]) -> None:
    """Every text as the relay and screening leave it."""
    records = list(_records(named))
    link = await asyncpg.connect(database.url("postgres"))
    try:
        await link.copy_records_to_table(
            "record",
            records=[(kind, record_id, 1, body) for kind, record_id, _, body in records],
            columns=["kind", "record_id", "version", "body"],
            schema_name="replica",
        )
        await link.copy_records_to_table(
            "arrival",
            records=[(kind, each, 1, ticket, "clear") for kind, each, ticket, _ in records],
            columns=["kind", "record_id", "version", "thread_id", "outcome"],
            schema_name="practice",
        )
        await link.execute("analyze")
    finally:
        await link.close()


async def _measure(database: PlaneDatabase, count: int) -> tuple[str, str]:
    """How long the search after the clients' commit takes to its last order, and the nightly one."""
    named = {(2 * i + 1) * TEXTS // (2 * count): _name(i) for i in range(count)}
    await _fill(database, named)
    db = Database(database.url("gw_worker"), pool_size=3)
    try:
        look_back = LookBack(db, ZONE, grace=timedelta(0))
        await look_back.look()
        async with db.uow(Actor("bench"), "bench") as tx:
            tx.add_all([Client(legal_name=name) for name in named.values()])
        ordered = await _timed(look_back.look)
        rows = await database.run("select 1 from relay.outbox where kind = 'redaction_order'")
        if len(rows) != count:
            raise RuntimeError("orders_missing")
        return ordered, await _timed(look_back.prove)
    finally:
        await db.close()


async def _timed(step: Step) -> str:
    """Seconds of a step, and how many of them this process worked: the rest is the machine's."""
    began, worked = time.perf_counter(), time.process_time()
    await step()
    whole, own = time.perf_counter() - began, time.process_time() - worked
    return f"{whole:.1f} s, {own:.1f} s of CPU"


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    configure(process="bench", level="error")
    key = os.urandom(32)
    install(Keyring(current="bench", keys={"bench": key}, index_key=key))
    for count in NEW_CLIENTS:
        with onprem_database() as database:
            ordered, whole = asyncio.run(_measure(database, count))
        what = f"{count:,} new client{'s' if count > 1 else ''}, {TEXTS:,} texts"
        yield f"{what}, to the last order", ordered
        yield f"the nightly search after it, {what}", whole
