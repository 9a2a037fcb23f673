"""Files that cross beside a record: what they are called, and which of them a replica may have.

A file's name in the bucket says whose it is: record, generation, version, hash. So no two records share
one, a recall takes its own alone, and what is left behind by an older version is known by its name.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from lmhg_contracts.codec import BodyRefused, decode_body
from lmhg_contracts.registry import KINDS

_NAME = re.compile(r"([0-9a-f-]{36})/([0-9]{1,10})/([0-9]{1,19})/([0-9a-f]{64})")
OBJECT_KINDS = tuple(name for name, kind in KINDS.items() if kind.object_field)
"""Kinds whose records name a file."""


class ObjectName(NamedTuple):
    """Which file of which version of a record."""

    record_id: UUID
    generation: int
    version: int
    sha256: str

    def __str__(self) -> str:
        """The name in the bucket."""
        return f"{self.record_id}/{self.generation}/{self.version}/{self.sha256}"


class ObjectNamed(NamedTuple):
    """The file that a body names: its hash and how many bytes it has."""

    sha256: str
    size: int


class Live(NamedTuple):
    """What a replica has of a record; without a body it is a tombstone."""

    generation: int
    version: int
    is_purged: bool
    sha256: str = ""
    """Of the file that the record names; empty where nobody asked."""


def name_in(text: str) -> ObjectName | None:
    """The file that a name in a bucket is of; None for a foreign one."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    try:
        record_id = UUID(found[1])
    except ValueError:
        return None
    return ObjectName(record_id, int(found[2]), int(found[3]), found[4])


def object_of(kind: str, body: bytes) -> ObjectNamed | None:
    """The file that a body names, if its kind has one. Raises: BodyRefused."""
    known = KINDS.get(kind)
    if known is None or not known.object_field:
        return None
    record = decode_body(kind, body)
    return ObjectNamed(str(getattr(record, known.object_field)), int(getattr(record, "size", 0)))


def left_behind(
    names: Iterable[str], held: Mapping[UUID, Live], *, generation: int = 0
) -> list[str]:
    """The names in a bucket that no record of the replica has, or may still get.

    What is newer than its record is on its way; a record that is not known yet may be too, unless its
    generation is older than the receiver's: a restore has fenced it. A name that is none of ours is left alone.
    """
    found = ((text, name_in(text)) for text in names)
    return [
        text
        for text, name in found
        if name is not None and _is_left(name, held.get(name.record_id), generation)
    ]


def _is_left(name: ObjectName, live: Live | None, generation: int) -> bool:
    place = (name.generation, name.version)
    if live is None:
        return name.generation < generation
    at = (live.generation, live.version)
    if place == at:
        return live.is_purged or live.sha256 not in {"", name.sha256}
    return place < at or name.generation < generation


__all__ = [
    "OBJECT_KINDS",
    "BodyRefused",
    "Live",
    "ObjectName",
    "ObjectNamed",
    "left_behind",
    "name_in",
    "object_of",
]
