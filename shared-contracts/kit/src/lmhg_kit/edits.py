"""How values of an edit are compared: as a person sees them, not as a program keeps them."""

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec


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
