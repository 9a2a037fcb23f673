"""Client search measured: its time among many clients, and what its tokens tell without the key.

The time is of a whole unit of work over a real database: tokens, query, opened rows, audit event.
What tokens tell is worked out as someone would who holds the table alone, and knows how often
names are borne: docs/adr/0022.
"""

import asyncio
import os
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import asyncpg

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import TOKEN_SCHEME, search, tokens_of
from lmhg_kit.persistence import Actor, Database, sealing
from lmhg_kit.persistence.blind_index import PREFIX_MAX, PREFIX_MIN, BlindIndex, words
from lmhg_kit.persistence.sealing import Keyring
from lmhg_quality.bench.ground import onprem_database, percentile
from lmhg_quality.texts.clients import Known, clients
from lmhg_stack.testing import PlaneDatabase

CLIENTS = 100_000
SEARCHES = 200
GOAL_MS = 50
REVEALED = 20_000
"""Clients of the practice whose tokens someone tries to read."""
TOP = (20, 100, 1_000)
ACTOR = Actor("bench")
SEALED = (
    "legal_name", "name_used", "phone", "mobile", "email", "birth_date", "address", "intakeq_number",
)  # fmt: skip

WAYS: dict[str, Callable[[Random, Known], str]] = {
    "two letters": lambda r, c: r.choice(("jo", "ma", "sm", c.given[:2])),
    "a first name": lambda _, c: c.given,
    "a frequent surname": lambda r, _: r.choice(("Smith", "Johnson", "Garcia", "Lee")),
    "first and last name": lambda _, c: f"{c.given} {c.surname}",
    "three letters of each": lambda _, c: f"{c.given[:3]} {c.surname[:3]}",
    "last four of the phone": lambda _, c: c.phone[-4:],
    "last seven of the phone": lambda _, c: c.phone[-8:],
    "a phone": lambda _, c: c.phone,
    "a birth date": lambda _, c: (
        f"{c.birth_date.month}/{c.birth_date.day}/{c.birth_date.year % 100}"
    ),
    "name and birth date": lambda _, c: f"{c.given} {c.birth_date.isoformat()}",
    "an email": lambda _, c: c.email,
    "nobody": lambda _, c: f"{c.surname} quillfeatherstone",
}


def client_of(known: Known) -> Client:
    """An invented client as a row."""
    return Client(
        legal_name=known.legal_name,
        name_used=known.name_used or None,
        phone=known.phone,
        email=known.email,
        birth_date=known.birth_date.isoformat(),
        intakeq_number=known.number,
    )


async def fill(database: PlaneDatabase, known: list[Known]) -> float:
    """Invented clients and their tokens, copied in; how many tokens one has on average."""
    return await fill_rows(database, [client_of(each) for each in known])


async def fill_rows(database: PlaneDatabase, clients: Sequence[Client]) -> float:
    """Clients and their tokens, copied in; how many tokens one has on average."""
    columns = ["id", *(f"{name}_sealed" for name in SEALED)]
    rows: list[tuple[Any, ...]] = []
    tokens: list[tuple[Any, bytes]] = []
    for client in clients:
        rows.append(tuple(getattr(client, column) for column in columns))
        tokens += [(client.id, token) for token in tokens_of(client)]
    link = await asyncpg.connect(database.url("postgres").replace("+asyncpg", ""))
    try:
        await link.execute("alter table practice.client disable trigger user")
        copy = link.copy_records_to_table
        await copy("client", schema_name="practice", records=rows, columns=columns)
        await copy(
            "client_token", schema_name="practice", records=tokens, columns=["client_id", "token"]
        )
        done = [(row[0], TOKEN_SCHEME) for row in rows]
        await copy(
            "client_indexed", schema_name="practice", records=done, columns=["client_id", "scheme"]
        )
        await link.execute("vacuum analyze practice.client_token")
        await link.execute("vacuum analyze practice.client")
    finally:
        await link.close()
    return len(tokens) / len(rows)


async def _times(database: PlaneDatabase, known: list[Known]) -> dict[str, list[float]]:
    random, found = Random("search"), defaultdict[str, list[float]](list)
    db = Database(database.url("gw_workspace"), pool_size=1)
    try:
        for _ in range(SEARCHES):
            for way, typed in WAYS.items():
                text = typed(random, random.choice(known))
                start = time.perf_counter()
                async with db.uow(ACTOR, "search") as tx:
                    await search(tx, text)
                found[way].append((time.perf_counter() - start) * 1e3)
    finally:
        await db.close()
    return found


def measure() -> Iterator[tuple[str, str]]:
    """Search times among many clients, by what is typed; then what tokens reveal."""
    sealing.install(Keyring(current="t1", keys={"t1": os.urandom(32)}, index_key=os.urandom(32)))
    known = clients(CLIENTS, seed="search")
    with onprem_database() as database:
        tokens = asyncio.run(fill(database, known))
        yield f"tokens of a client, {CLIENTS:,} clients, on average", f"{tokens:.0f}"
        times = asyncio.run(_times(database, known))
    every = [each for found in times.values() for each in found]
    for way, found in times.items():
        yield f"search: {way}, p50 / p99", _span(found)
    yield f"search: all {len(every):,}, p50 / p99 (goal p99 {GOAL_MS} ms)", _span(every)
    yield from revealed()


def _span(found: list[float]) -> str:
    return f"{statistics.median(found):.1f} / {percentile(found, 0.99):.1f} ms"


def terms_before(known: Known) -> set[str]:
    """What a client's name was found by before 2026-11-28: words and what they begin with."""
    return {
        word[:length]
        for word in words(known.legal_name)
        for length in (
            *range(min(PREFIX_MIN, len(word)), min(len(word), PREFIX_MAX) + 1),
            len(word),
        )
    }


class _Named(BlindIndex):
    """Tokens that are their own text, to know what an attacker has to guess."""

    def token(self, field: str, text: str) -> bytes:
        return f"{field}|{text}".encode()


def terms_now(known: Known) -> set[str]:
    """What a client is found by now: by name, and by the phone and its last digits."""
    index = _Named(b"")
    found = index.name_tokens(known.legal_name) | index.phone_token(known.phone)
    return {term.decode().removeprefix("name|") for term in found}


def revealed() -> Iterator[tuple[str, str]]:
    """What someone reads from the tokens alone, before and now."""
    practice = clients(REVEALED, seed="practice")
    world = clients(REVEALED, seed="somebody else's list")
    for when, terms in (("before", terms_before), ("now", terms_now)):
        held = [frozenset(terms(each)) for each in practice]
        counts = Counter(term for each in held for term in each)
        guessed = Counter(term for each in world for term in terms(each))
        rank = [term for term, _ in counts.most_common(max(TOP))]
        guess = [term for term, _ in guessed.most_common(max(TOP))]
        right = " / ".join(
            f"{100 * sum(a == b for a, b in zip(rank[:n], guess[:n], strict=True)) / n:.0f} %"
            for n in TOP
        )
        yield f"{when}: tokens by frequency that a list of names guesses, top {TOP}", right
        lengths = [len(each.legal_name) for each in practice]
        sizes = [len(each) for each in held]
        yield (
            f"{when}: how the number of tokens follows the length of the name (correlation)",
            f"{statistics.correlation(lengths, sizes):.2f}",
        )
        alone = sum(1 for each in Counter(held).values() if each == 1)
        yield (
            f"{when}: clients whose tokens nobody else has in full",
            f"{100 * alone / len(held):.1f} %",
        )
        once = sum(1 for count in counts.values() if count == 1)
        yield f"{when}: tokens that one client alone has", f"{100 * once / len(counts):.0f} %"
