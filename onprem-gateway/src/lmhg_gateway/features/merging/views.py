"""Merges as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lmhg_gateway.features.clients.public import Client, safest, shown_name, way_of
from lmhg_gateway.features.merging.models import ClientMerge
from lmhg_gateway.features.merging.rules import FLAGS, LABELS, LOCKED, TEXTS, Fields, Value
from lmhg_gateway.features.merging.service import Going, values_of
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day, phone, short_number

PATH = "/clients/merges"
UNKNOWN = "Someone who left"
_PHONES = frozenset({"mobile", "phone"})


@dataclass(frozen=True)
class MergeRow:
    """One merge in a list."""

    id: uuid.UUID
    survivor: str
    merged: str
    merged_id: uuid.UUID
    merged_by: str
    merged_at: datetime
    undone_by: str
    undone_at: datetime | None


@dataclass(frozen=True)
class Choice:
    """One field of two records, and which values there are to choose from."""

    name: str
    label: str
    survivor: str
    other: str

    @property
    def is_open(self) -> bool:
        """Whether someone has to choose."""
        return bool(self.survivor and self.other) and self.survivor != self.other

    @property
    def kept(self) -> str:
        """What is kept where there is nothing to choose."""
        return self.survivor or self.other


class FieldChange(NamedTuple):
    """One field that a merge changed."""

    label: str
    before: str
    after: str


def shown(name: str, value: Value) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if not value:
        return "Not asked" if name in FLAGS else ""
    if name == "birth_date":
        return long_day(date.fromisoformat(value))
    return phone(value) if name in _PHONES else value


def choices(survivor: Client, other: Client) -> list[Choice]:
    """The texts of two records, field by field; what neither says is left out."""
    first, second = values_of(survivor), values_of(other)
    found = [
        Choice(name, label, shown(name, first[name]), shown(name, second[name]))
        for name, label in TEXTS.items()
    ]
    return [each for each in found if each.survivor or each.other]


def fixed_fields(survivor: Client, other: Client) -> list[tuple[str, str]]:
    """What nobody chooses: of two answers about a way to contact no counts, and Part 2 is on for either."""
    first, second = values_of(survivor), values_of(other)
    found = [
        (label, shown(name, safest(way_of(first[name]), way_of(second[name]))))
        for name, label in FLAGS.items()
    ]
    return [*found, (LABELS[LOCKED], shown(LOCKED, bool(first[LOCKED] or second[LOCKED])))]


def going_words(going: Iterable[Going], *, is_moved: bool) -> list[str]:
    """What goes along, or stays and is shown with the record that goes on: "2 referrals"."""
    return [count_of(each.rows, each.noun) for each in going if each.is_moved == is_moved]


def row_of(
    merge: ClientMerge, names: Mapping[uuid.UUID, str], people: Mapping[str, str]
) -> MergeRow:
    """A merge with who did it."""
    return MergeRow(
        id=merge.id,
        survivor=names.get(merge.survivor_id, ""),
        merged=names.get(merge.merged_id, ""),
        merged_id=merge.merged_id,
        merged_by=people.get(merge.merged_by, UNKNOWN),
        merged_at=merge.merged_at,
        undone_by=people.get(merge.undone_by or "", UNKNOWN) if merge.undone_at else "",
        undone_at=merge.undone_at,
    )


def field_changes(fields: Fields) -> list[FieldChange]:
    """What a merge changed about the record that goes on."""
    return [
        FieldChange(LABELS[name], shown(name, before), shown(name, after))
        for name, (before, after) in fields.items()
    ]


def labels(names: Sequence[str]) -> list[str]:
    """Fields by what people call them."""
    return [LABELS[name] for name in names]


def moved_words(moved: Mapping[str, Sequence[uuid.UUID]], nouns: Mapping[str, str]) -> list[str]:
    """How many rows of each feature a merge moved."""
    return [count_of(len(ids), nouns[kind]) for kind, ids in moved.items() if nouns.get(kind)]


@dataclass(frozen=True)
class Head:
    """One record of two, at its head."""

    id: uuid.UUID
    version: int
    name: str
    short: str


def head_of(client: Client) -> Head:
    """Which record it is, and as of which version."""
    return Head(client.id, client.version, shown_name(client), short_number(client.id, "C"))
