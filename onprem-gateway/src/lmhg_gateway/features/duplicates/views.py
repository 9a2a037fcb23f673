"""Pairs as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.clients.public import Client, card
from lmhg_gateway.features.duplicates.models import ClientPair
from lmhg_gateway.features.duplicates.rules import LEVEL_WORDS, why
from lmhg_gateway.web.points import PairAct

PATH = "/clients/duplicates"
LEVEL_TONES: Mapping[str, str] = {"certain": "bad", "probable": "warn", "may_be": "info"}
YES: Mapping[bool, str] = {True: "Yes", False: "No"}
UNKNOWN = "No longer on record"


@dataclass(frozen=True)
class PairRow:
    """One pair of the queue."""

    id: uuid.UUID
    one: str
    other: str
    said: str
    tone: str
    why: str
    found_at: datetime


@dataclass(frozen=True)
class Compared:
    """One thing that is known of either record."""

    label: str
    one: str
    other: str

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.one == self.other


@dataclass(frozen=True)
class Around:
    """Where a pair is in the queue, and which come before and after it."""

    place: int
    total: int
    before: uuid.UUID | None
    after: uuid.UUID | None


def known_words(over: datetime | None) -> str:
    """What is said of someone who was here before and is not now."""
    return f"Known, closed {over:%B %Y}: open a new episode" if over else ""


def rows(pairs: Iterable[ClientPair], names: Mapping[uuid.UUID, str]) -> list[PairRow]:
    """The queue's rows."""
    return [row_of(pair, names) for pair in pairs]


def row_of(pair: ClientPair, names: Mapping[uuid.UUID, str]) -> PairRow:
    """A pair with the names of both, how sure it is, and why."""
    return PairRow(
        id=pair.id,
        one=names.get(pair.one_id, UNKNOWN),
        other=names.get(pair.other_id, UNKNOWN),
        said=LEVEL_WORDS.get(pair.level, "Not alike any more"),
        tone=LEVEL_TONES.get(pair.level, ""),
        why=why(pair.reasons),
        found_at=pair.created_at,
    )


def compared(one: Client, other: Client) -> list[Compared]:
    """What is known of two records, side by side; what neither says is left out."""
    first, second = card(one), card(other)
    facts = [
        Compared(label, text or "", against or "")
        for (label, text), (_, against) in zip(first.facts, second.facts, strict=True)
    ]
    contact = [
        Compared(f"{way.label} is safe", way.answer.capitalize(), against.answer.capitalize())
        for way, against in zip(first.contact, second.contact, strict=True)
    ]
    part2 = Compared("42 CFR Part 2", YES[first.part2], YES[second.part2])
    return [each for each in (*facts, *contact, part2) if each.one or each.other]


def around(queue: Sequence[uuid.UUID], pair_id: uuid.UUID) -> Around:
    """The neighbors of a pair; of one that is decided, the first of the queue comes after it."""
    if pair_id not in queue:
        return Around(0, len(queue), None, queue[0] if queue else None)
    at = queue.index(pair_id)
    return Around(
        place=at + 1,
        total=len(queue),
        before=queue[at - 1] if at else None,
        after=queue[at + 1] if at + 1 < len(queue) else None,
    )


def acts_of(acts: Iterable[PairAct], pair: ClientPair) -> list[tuple[str, str, str]]:
    """Label, address and key of what else may be done with a pair."""
    return [(each.label, each.path.format(pair.one_id, pair.other_id), each.key) for each in acts]
