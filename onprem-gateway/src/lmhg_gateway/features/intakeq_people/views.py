"""Clients that IntakeQ has twice or merged, as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.duplicates.public import LEVEL_WORDS, why
from lmhg_gateway.features.intakeq_people.models import IntakeqArrival, IntakeqMerge
from lmhg_gateway.features.intakeq_people.service import profile_of
from lmhg_kit.ui.formats import long_day

PATH = "/intake/people"
NAMELESS = "(no name on file)"
EMPTY = "Not on record"


@dataclass(frozen=True)
class ArrivalRow:
    """One client of IntakeQ's that waits."""

    id: uuid.UUID
    name: str
    client_id: uuid.UUID
    client: str
    said: str
    why: str
    found_at: datetime


@dataclass(frozen=True)
class MergeRow:
    """One merge of IntakeQ's that someone may follow, or take apart here too."""

    id: uuid.UUID
    gone_id: uuid.UUID
    gone: str
    into_id: uuid.UUID
    into: str
    moved: int
    is_undone: bool
    at: datetime


def arrivals(found: Sequence[IntakeqArrival], names: Mapping[uuid.UUID, str]) -> list[ArrivalRow]:
    """Those that wait, with whom they look like."""
    return [arrival(each, names) for each in found]


def arrival(each: IntakeqArrival, names: Mapping[uuid.UUID, str]) -> ArrivalRow:
    """One of them."""
    return ArrivalRow(
        id=each.id,
        name=profile_of(each).name or NAMELESS,
        client_id=each.client_id,
        client=names.get(each.client_id, NAMELESS),
        said=LEVEL_WORDS.get(each.level, ""),
        why=why(each.reasons),
        found_at=each.found_at,
    )


def merges(found: Sequence[IntakeqMerge], names: Mapping[uuid.UUID, str]) -> list[MergeRow]:
    """Merges to follow."""
    return [
        MergeRow(
            id=each.id,
            gone_id=each.gone_id,
            gone=names.get(each.gone_id, NAMELESS),
            into_id=each.into_id,
            into=names.get(each.into_id, NAMELESS),
            moved=each.moved,
            is_undone=each.state == "undone",
            at=each.undone_at or each.found_at,
        )
        for each in found
    ]


def facts_of(each: IntakeqArrival) -> list[tuple[str, str]]:
    """What IntakeQ says of a client that waits."""
    person = profile_of(each)
    born = long_day(person.birth_date) if person.birth_date else ""
    said = (
        ("Name", person.name),
        ("Birth date", born),
        ("Mobile", person.mobile or ""),
        ("Other phone", person.phone or ""),
        ("Email", person.email or ""),
        ("Address", person.address or ""),
    )
    return [(label, text or EMPTY) for label, text in said]
