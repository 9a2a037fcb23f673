"""Held records as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lmhg_gateway.features.holds.models import HeldRecord
from lmhg_gateway.features.holds.rules import held_rule, place_words, takes_two
from lmhg_gateway.kernel.released import RELEASED


class FoundRow(NamedTuple):
    """One thing that the check found: which kind of thing, and in which field; never the match."""

    name: str
    meaning: str
    place: str


@dataclass(frozen=True)
class HeldRow:
    """One held record: which rule, where, how long, and what became of it."""

    id: uuid.UUID
    kind: str
    record_id: uuid.UUID
    version: int
    href: str
    rule: str
    """The short name of the strictest rule that matched."""
    officers: int
    place: str
    found: list[FoundRow]
    held_at: datetime
    waits: str
    proposed_by_id: str
    proposed_by: str
    proposed_at: datetime | None
    is_proposal_void: bool
    """Whether the first officer has left, or is no officer any more, while it still waits."""
    reason: str
    decided_at: datetime | None
    decided_by: str
    second_reason: str
    outcome: str


def held_rows(
    records: Iterable[HeldRecord], names: Mapping[str, str], *, at: datetime
) -> list[HeldRow]:
    """Held records as the list shows them."""
    return [held_row(each, names, at=at) for each in records]


def held_row(
    each: HeldRecord, names: Mapping[str, str], *, at: datetime, is_proposal_void: bool = False
) -> HeldRow:
    """One held record in words."""
    return HeldRow(
        id=each.id,
        kind=each.kind,
        record_id=each.record_id,
        version=each.version,
        href=RELEASED.page_of(each.kind, each.record_id),
        rule=held_rule(each.rule).name,
        officers=2 if takes_two(each.rules) else 1,
        place=place_words(each.place or ""),
        found=found_in(each),
        held_at=each.held_at,
        waits=waits((each.decided_at or at), since=each.held_at),
        proposed_by_id=each.proposed_by or "",
        proposed_by=names.get(each.proposed_by or "", ""),
        proposed_at=each.proposed_at,
        is_proposal_void=is_proposal_void,
        reason=each.reason or "",
        decided_at=each.decided_at,
        decided_by=names.get(each.decided_by or "", ""),
        second_reason=each.second_reason or "",
        outcome=each.outcome,
    )


def found_in(each: HeldRecord) -> list[FoundRow]:
    """Every hit of a hold; one from before all were kept has the one that it was held for."""
    pairs = [(hit["rule"], hit["place"]) for hit in each.hits] or [(each.rule, each.place or "")]
    return [
        FoundRow(held_rule(rule).name, held_rule(rule).meaning, place_words(place))
        for rule, place in pairs
    ]


def waits(at: datetime, *, since: datetime) -> str:
    """How long something waits or waited: "3 days", "5 hours", "12 minutes"."""
    seconds = max(int((at - since).total_seconds()), 0)
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
    return "less than a minute"
