"""Long lists, a page at a time, with their filters in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from lmhg_kit.http.door import number_in

PAGE_SIZE = 50
PAGE_MAX = 10_000


@dataclass(frozen=True)
class Slice:
    """Which part of a list a page shows, and where the neighbouring parts are.

    A list that is walked by position, not by page, has 0 as `first` and `last`.
    """

    first: int
    last: int
    total: int | None
    newer: str
    older: str


def page_number(text: str) -> int:
    """The page asked for: 1 unless the text is a sensible number."""
    return min(number_in(text) or 1, PAGE_MAX)


def address(path: str, query: Mapping[str, str], **changes: str | int) -> str:
    """The same list with other filters; empty ones are left out."""
    wanted = {**query, **{name: str(value) for name, value in changes.items()}}
    kept = {name: value for name, value in wanted.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def slice_of(
    path: str, query: Mapping[str, str], *, page: int, shown: int, total: int | None, more: bool
) -> Slice:
    """What the pagination shows for one page of a list."""
    start = (page - 1) * PAGE_SIZE
    return Slice(
        first=start + 1 if shown else 0,
        last=start + shown,
        total=total,
        newer=address(path, query, page=page - 1) if page > 1 else "",
        older=address(path, query, page=page + 1) if more else "",
    )


def slice_before(
    path: str, query: Mapping[str, str], *, is_newest: bool, before: int | None, total: int | None
) -> Slice:
    """What the pagination shows for a part of a list that is walked by position, newest first.

    `before` is the position that the next older part ends at; None when there is none.
    """
    return Slice(
        first=0,
        last=0,
        total=total,
        newer="" if is_newest else address(path, query),
        older="" if before is None else address(path, query, before=before),
    )
