"""JSON from outside: read once, here, and every way in which it can be wrong has a code.

A parser meets text that is no UTF-8, nests ten thousand deep or counts to infinity; each of those
is another class of exception. Anyone who reads outside JSON through this module has one.
"""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
BOM = b"\xef\xbb\xbf"


class Unreadable(ValueError):
    """The bytes are no JSON object. `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; a byte order mark in front is read over. Raises: Unreadable."""
    return _read(body, dict[str, Any])


def read_rows(body: bytes) -> list[dict[str, Any]]:
    """The JSON objects of a list. Raises: Unreadable."""
    return _read(body, list[dict[str, Any]])


def _read(body: bytes, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(body.removeprefix(BOM), type=wanted)
    except UnicodeDecodeError:
        raise Unreadable("not_utf8") from None
    except RecursionError:
        raise Unreadable("too_deep") from None
    except (msgspec.MsgspecError, ValueError):
        raise Unreadable("not_json") from None
