"""What may come in at all, in one place: texts that can be kept, numbers and days within bounds.

Forms, addresses and JSON bodies pass here before any handler looks at them, so no handler has to know
what a database, a calendar or a page cannot hold.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import SerializationException

from lmhg_kit.errors import Invalid, NotFound, Unreadable

NUMBER_MAX = 2**63 - 1
"""The largest number that the database holds."""
DIGITS_MAX = 18
"""Digits of a number in an address."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that anything here may be about, births included."""
JSON_DEPTH_MAX = 32

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE_ENDS = re.compile(r"\r\n?")
_CONTROL = re.compile(r"[\x01-\x08\x0b-\x1f\x7f]")


def _letters(*ranges: tuple[int, int]) -> str:
    return "".join(chr(code) for first, last in ranges for code in range(first, last + 1))


_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_UNSEEN = _SPACES + _letters(
    (0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180E, 0x180E),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0001, 0xE0001),
)  # fmt: skip
"""What nobody sees at the edge of a text: spaces, joiners, soft hyphens, marks of direction, fillers."""
_SELECTORS = _letters(
    (0x34F, 0x34F), (0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0020, 0xE007F),
    (0xE0100, 0xE01EF),
)  # fmt: skip
"""What only says how the sign before it looks, so it stays at an edge, but is no text by itself."""


def text_of(typed: str) -> str:
    """Text as a person means it: composed letters, one kind of line end, no edges that nobody sees.

    Nothing but unseen characters is nothing. Raises: Unreadable for NUL and for halves of characters.
    """
    if "\x00" in typed:
        raise Unreadable("text_unreadable")
    try:
        typed.encode()
    except UnicodeEncodeError:
        raise Unreadable("text_unreadable") from None
    plain = _CONTROL.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", typed)))
    return plain.strip(_UNSEEN) if plain.strip(_UNSEEN + _SELECTORS) else ""


def folded(text: str) -> str:
    """Text as a search compares it: neither capitals nor ways of writing a letter matter."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def number_in(text: str) -> int | None:
    """The number that an address writes, if it is one that anything can have."""
    is_number = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
    return int(text) if is_number else None


def day_in(text: str) -> date | None:
    """The day that an address writes as year-month-day, if anything here may be about it."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and FIRST_DAY < day < LAST_DAY else None


def check_day(day: date) -> None:
    """Accept a day that anything here may be about. Raises: Invalid."""
    if not FIRST_DAY < day < LAST_DAY:
        said = f"Write a date from {FIRST_DAY.year} to {LAST_DAY.year}."
        raise Invalid("value_unusable", fields={"day": said})


def check_address(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse an address that is no text, or whose numbers nothing can have. Raises: Unreadable, NotFound."""
    path = connection.scope["path"]
    query = unquote_to_bytes(connection.scope["query_string"])
    try:
        query.decode()
        path.encode()
    except UnicodeError:
        raise Unreadable("address_unreadable") from None
    if b"\x00" in query or "\x00" in path or "\ufffd" in path:
        raise Unreadable("address_unreadable")
    params = cast("Mapping[str, object]", connection.path_params)
    if any(isinstance(each, int) and not 0 <= each <= NUMBER_MAX for each in params.values()):
        raise NotFound


async def tidy_json(request: Request[Any, Any, Any]) -> None:
    """Make the texts of a JSON body what a form's would be, before a handler reads it. Raises: Unreadable."""
    if not await request.body():
        return
    try:
        body = await request.json()
    except (SerializationException, UnicodeError, RecursionError):
        raise Unreadable("bad_request") from None
    _tidied(body, depth=0)


def _tidied(value: Any, *, depth: int) -> Any:  # noqa: ANN401 - any JSON
    if depth > JSON_DEPTH_MAX:
        raise Unreadable("bad_request")
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, int) and abs(value) > NUMBER_MAX:
        raise Unreadable("number_unreadable")
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        for name in fields:
            text_of(name)
            fields[name] = _tidied(fields[name], depth=depth + 1)
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        items[:] = [_tidied(each, depth=depth + 1) for each in items]
    return cast("Any", value)
