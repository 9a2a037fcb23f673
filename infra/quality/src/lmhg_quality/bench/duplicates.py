"""Duplicates measured: FEBRL beside Splink, a set of our own for false merges, and the check while typing.

Records are rows of a real database and are found through the product's own blind-index tokens; what is
scored is what the product would open. The threshold of either program is frozen on FEBRL 1: the highest
whose F1 there is within `SLACK` of the best, since 500 pairs tell no finer, and some of the pairs of 2 and
3 are counted with it as it is.
"""

import asyncio
import json
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import candidates, traits_of
from lmhg_gateway.features.duplicates import client_check
from lmhg_gateway.features.duplicates.rules import best
from lmhg_gateway.features.duplicates.service import find
from lmhg_gateway.web.points import Traits
from lmhg_kit.persistence import Actor, Database, sealing
from lmhg_kit.persistence.sealing import Keyring
from lmhg_quality.bench import search
from lmhg_quality.bench.ground import onprem_database, percentile
from lmhg_quality.bench.kin import Kin, families
from lmhg_quality.texts.clients import clients
from lmhg_stack.testing import PlaneDatabase

ROOT = Path(__file__).parents[5]
PYTHON = ROOT / ".linkage/bin/python"
THEIRS = ROOT / "infra/quality/linkage/febrl.py"
SETS = (1, 2, 3)
FIELDS = ("intake", "address")
SLACK = 0.005
CLIENTS, TYPINGS, GOAL_MS = 100_000, 1_000, 50
FAMILIES = 1_500
ACTOR = Actor("process: bench")
Pair = tuple[str, str]
Scores = Mapping[Pair, float]


class Fit(NamedTuple):
    """How well a threshold does."""

    f1: float
    precision: float
    recall: float


def fit(scores: Scores, links: set[Pair], threshold: float) -> Fit:
    """Precision, recall and F1 of a threshold; pairs that were never compared count as missed."""
    taken = [pair for pair, score in scores.items() if score >= threshold]
    right = sum(1 for pair in taken if pair in links)
    if not right:
        return Fit(0.0, 0.0, 0.0)
    precision, recall = right / len(taken), right / len(links)
    return Fit(2 * precision * recall / (precision + recall), precision, recall)


def frozen(scores: Scores, links: set[Pair], *, slack: float = SLACK) -> float:
    """The highest threshold whose F1 is within the slack of the best."""
    tried = {each: fit(scores, links, each).f1 for each in {round(s, 1) for s in scores.values()}}
    top = max(tried.values())
    return max(each for each, f1 in tried.items() if f1 >= top - slack)


def client_of(row: Mapping[str, Any], *, with_address: bool) -> Client:
    """A FEBRL record as an intake call gives it: names, birth date and postcode, or the whole address."""
    names = " ".join(row[name] for name in ("given_name", "surname") if row[name])
    street = " ".join(str(row[name]) for name in ("street_number", "address_1") if row[name])
    parts = [street, row["address_2"], row["suburb"], str(row["state"] or "").upper()]
    whole = ", ".join(part for part in parts if part) if with_address else ""
    return Client(
        legal_name=names or None,
        birth_date=_day(row["date_of_birth"]),
        address=f"{whole} {row['postcode']}".strip(),
    )


def _day(text: str | None) -> str | None:
    digits = str(text or "").removesuffix(".0")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None


async def _ours(database: PlaneDatabase, made: Mapping[str, Client]) -> dict[Pair, float]:
    """The scores that the product gives, for the pairs that its tokens bring together."""
    names = {client.id: name for name, client in made.items()}
    scores: dict[Pair, float] = {}
    await search.fill_rows(database, list(made.values()))
    db = Database(database.url("gw_worker"), pool_size=1)
    for name, client in made.items():
        traits = [traits_of(client)]
        async with db.uow(ACTOR, "bench") as tx:
            for each in await candidates(tx, traits, but=[client.id]):
                pair = sorted((name, names[each.client.id]))
                scores[pair[0], pair[1]] = best(traits, each.traits).points
    await db.close()
    return scores


def febrl() -> Iterator[tuple[str, str]]:
    """Both programs on the three sets, with and without an address."""
    with tempfile.TemporaryDirectory(prefix="lmhg-febrl-") as name:
        subprocess.run([PYTHON, THEIRS, name], check=True, capture_output=True)
        told = {n: json.loads((Path(name) / f"febrl{n}.json").read_text()) for n in SETS}
    links = {n: {(a, b) for a, b in told[n]["links"]} for n in SETS}
    for fields in FIELDS:
        ours: dict[int, Scores] = {}
        theirs: dict[int, Scores] = {n: {(a, b): w for a, b, w in told[n][fields]} for n in SETS}
        for n in SETS:
            made = {
                row["unique_id"]: client_of(row, with_address=fields == "address")
                for row in told[n]["records"]
            }
            with onprem_database() as database:
                ours[n] = asyncio.run(_ours(database, made))
        for who, scores in (("ours", ours), ("Splink 5", theirs)):
            threshold = frozen(scores[1], links[1])
            naive = frozen(scores[1], links[1], slack=0.0)
            for n in SETS:
                found, plain = fit(scores[n], links[n], threshold), fit(scores[n], links[n], naive)
                compared = len(links[n] & set(scores[n])) / len(links[n])
                yield (
                    f"febrl{n}, {fields}: {who}, F1 (precision / recall) at {threshold:.1f}",
                    (
                        f"{found.f1:.4f} ({found.precision:.4f} / {found.recall:.4f});"
                        f" at {naive:.1f}, the best of febrl1: {plain.f1:.4f}; compared {compared:.4f}"
                    ),
                )


class Found(NamedTuple):
    """What became of a set of people."""

    by_way: dict[str, list[int]]
    """By how a second record differs: how many, of whom someone is asked, and certain ones."""
    wrong: int
    certain: int


async def _kin(database: PlaneDatabase, people: list[Kin]) -> Found:
    made = [each.client() for each in people]
    whose = {client.id: each for client, each in zip(made, people, strict=True)}
    by_way: dict[str, list[int]] = {}
    certain = dict[frozenset[uuid.UUID], bool]()
    await search.fill_rows(database, made)
    db = Database(database.url("gw_worker"), pool_size=1)
    for client in made:
        one = whose[client.id]
        async with db.uow(ACTOR, "bench") as tx:
            found = await find(tx, [traits_of(client)], but=[client.id])
        levels = {each.records.client.id: each.likeness.level for each in found}
        for other in (each for each, level in levels.items() if level == "certain"):
            certain[frozenset((client.id, other))] = whose[other].person != one.person
        if one.like is not None:
            level = levels.get(made[one.like].id, "")
            row = by_way.setdefault(one.how, [0, 0, 0])
            for at, is_so in enumerate((True, level != "", level == "certain")):
                row[at] += is_so
    await db.close()
    return Found(by_way, sum(certain.values()), len(certain))


def own_set() -> Iterator[tuple[str, str]]:
    """Twins, guardians, nicknames and the like: who is asked about, and what would be merged wrongly."""
    people = families(FAMILIES, seed="duplicates")
    with onprem_database() as database:
        found = asyncio.run(_kin(database, people))
    for how, (pairs, asked, sure) in sorted(found.by_way.items()):
        yield (
            f"own set: {how}, pairs / asked about / certain",
            f"{pairs:,} / {asked / pairs:.1%} / {sure / pairs:.1%}",
        )
    yield (
        f"own set: different people among certain pairs, {len(people):,} records (goal 1 in 1,000)",
        f"{found.wrong} of {found.certain:,}",
    )


def _typed(random: Random, name: str, born: date, phone: str) -> Iterable[Traits]:
    given, _, last = name.partition(" ")
    yield Traits((f"{given} {last[:3]}",))
    yield Traits((name,))
    yield Traits((name,), born)
    yield Traits((f"{given[:-1]} {last}",), born, (phone,), "", f"{random.randint(1, 99)} Elm St")


async def _check_times(database: PlaneDatabase) -> list[float]:
    found: list[float] = []
    known = clients(CLIENTS, seed="search")
    random = Random("typing")
    await search.fill(database, known)
    db = Database(database.url("gw_worker"), pool_size=1)
    while len(found) < TYPINGS:
        someone = random.choice(known)
        for traits in _typed(random, someone.legal_name, someone.birth_date, someone.phone):
            start = time.perf_counter()
            async with db.look(ACTOR, "client.check") as tx:
                await client_check.find(tx, traits)
            found.append((time.perf_counter() - start) * 1e3)
    await db.close()
    return found


def measure() -> Iterator[tuple[str, str]]:
    """FEBRL, our own set, and the time of a check while someone types."""
    sealing.install(Keyring(current="t1", keys={"t1": os.urandom(32)}, index_key=os.urandom(32)))
    yield from febrl()
    yield from own_set()
    with onprem_database() as database:
        times = asyncio.run(_check_times(database))
    yield (
        (
            f"check while typing, {CLIENTS:,} clients, {len(times):,} checks,"
            f" p50 / p99 (goal p99 {GOAL_MS} ms)"
        ),
        f"{percentile(times, 0.5):.1f} / {percentile(times, 0.99):.1f} ms",
    )
