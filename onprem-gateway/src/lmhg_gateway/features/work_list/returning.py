"""Where a step leads that a list may have asked for: back to that list, or to the page of its subject."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from lmhg_kit.http.returning import page_before

LISTS = frozenset({"/", "/work"})
"""Pages on which a row is worked."""


def back_to(request: Request[Any, Any, Any], own: str, *, lists: frozenset[str] = LISTS) -> str:
    """The list from which the step was taken, with its filter; otherwise `own`."""
    before = page_before(request)
    return before if urlsplit(before).path in lists else own
