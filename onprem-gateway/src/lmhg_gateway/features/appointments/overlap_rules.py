"""Which appointments are at the same time with the same clinician or the same client. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class By(StrEnum):
    """Who would be in two places at once."""

    CLINICIAN = "clinician"
    CLIENT = "client"


class Span(NamedTuple):
    """When an appointment is, and who is in it."""

    id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    clinician_id: uuid.UUID | None
    client_id: uuid.UUID


class Overlap(NamedTuple):
    """Another appointment at the same time."""

    other: Span
    by: By


def overlaps(spans: Iterable[Span]) -> Mapping[uuid.UUID, tuple[Overlap, ...]]:
    """Of each appointment that touches another's time: the others, earliest first.

    One that begins when another ends does not touch it, nor does one that takes no time.
    """
    found: dict[uuid.UUID, list[Overlap]] = {}
    running: list[Span] = []
    for span in sorted(
        (each for each in spans if each.ends_at > each.starts_at),
        key=lambda each: (each.starts_at, each.ends_at, each.id),
    ):
        running = [each for each in running if each.ends_at > span.starts_at]
        for other in running:
            for by in _shared(span, other):
                found.setdefault(span.id, []).append(Overlap(other, by))
                found.setdefault(other.id, []).append(Overlap(span, by))
        running.append(span)
    return {key: tuple(each) for key, each in found.items()}


def _shared(one: Span, other: Span) -> list[By]:
    shared: list[By] = []
    if one.clinician_id is not None and one.clinician_id == other.clinician_id:
        shared.append(By.CLINICIAN)
    if one.client_id == other.client_id:
        shared.append(By.CLIENT)
    return shared
