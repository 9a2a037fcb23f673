"""An edit conflict: two people changed the same record at once. What each of them did, field by field.

The page then shows the component `edit_conflict`, which has the sentences. Values are compared as a
person sees them, not as a program keeps them.
"""

import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec


class FieldConflict(msgspec.Struct, frozen=True):
    """A field that both changed: what is saved now, and what was typed here."""

    name: str
    now: str
    typed: str


class EditConflict(msgspec.Struct, frozen=True):
    """What came of two edits: fields taken over from the saved one, and those that both changed."""

    taken: list[str]
    both: list[FieldConflict]


class Merged(NamedTuple):
    """The values of a form after the edit that was saved meanwhile, and what came of the two."""

    values: dict[str, Any]
    conflict: EditConflict


def merge(typed: Mapping[str, Any], *, base: Mapping[str, str], now: Mapping[str, Any]) -> Merged:
    """Bring what was typed together with what someone saved meanwhile.

    What only they changed is taken over. Where both changed a field, what was typed stays in it.
    `base` has the values, made plain, with which the form was opened.
    """
    values = dict(typed)
    taken: list[str] = []
    both: list[FieldConflict] = []
    for name, value in now.items():
        saved, mine, was = plain(value), plain(typed.get(name)), base.get(name)
        if saved in (mine, was):
            continue
        if mine == was:
            values[name] = value
            taken.append(name)
        else:
            both.append(FieldConflict(name, saved, mine))
    return Merged(values, EditConflict(taken, both))


def content_version(values: Mapping[str, Any]) -> int:
    """A number that changes with the values: the version of what has none of its own."""
    found = {name: plain(value) for name, value in sorted(values.items())}
    return zlib.crc32(msgspec.json.encode(found))


def plain(value: object) -> str:
    """A value as a form compares it: an unticked box, nothing and an empty text are the same."""
    if isinstance(value, list):
        return ", ".join(sorted(str(each) for each in value))
    if value is True:
        return "1"
    return str(value) if value else ""
