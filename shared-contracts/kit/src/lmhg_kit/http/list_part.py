"""The list part: every page that lists is one of these, its columns and filters declared as data.

Query, filters, order and page stand in the address. The count is true. What is listed can be taken along
as a file, which is audited like any other reading.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec
from litestar import Request, Response

from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.forms import Form, query_of
from lmhg_kit.http.paging import PAGE_SIZE, Slice, address, page_number, slice_of
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.environment import plural
from lmhg_kit.ui.kept_rows import KeptRows, Rows

AnyRequest = Request[Any, Any, Any]
R = TypeVar("R")
CSV_MAX = 5_000
"""Rows of one file; the file says when there are more."""
QUERY_MAX = 100
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet compute a cell instead of showing it; the wide forms too."""
BEFORE_FORMULA = re.compile(r"^[\s\ufeff\u200b-\u200f\u2060]+")
"""What a spreadsheet passes over in front of it."""


class Tag(msgspec.Struct, frozen=True):
    """A word in a colour: the state of something."""

    label: str
    tone: str = ""


class Link(msgspec.Struct, frozen=True):
    """Where a row leads."""

    label: str
    href: str
    tags: tuple[Tag, ...] = ()


Cell = str | int | date | datetime | Tag | Link | None


@dataclass(frozen=True, kw_only=True)
class Column(Generic[R]):
    """One column: its head, what is in it, and where that goes on a phone's two lines."""

    label: str
    get: Callable[[R], Cell]
    sort: str = ""
    """The order that its head offers."""
    phone: Literal["lead", "end", "line", "named", "off"] = "line"
    """`named` is on the line with its head before it, for a number that says nothing alone."""
    in_file: bool = True


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A choice in the address. The first option is what an address without it means.

    No other option is empty: an empty one is left out of addresses.
    """

    name: str
    label: str
    options: Sequence[tuple[str, str]]

    def of(self, query: Mapping[str, str]) -> str:
        """The value asked for, if it is one of the options."""
        asked = query.get(self.name, "")
        known = [value for value, _ in self.options]
        return asked if asked in known else known[0]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What someone asks a list for."""

    q: str
    sort: str
    page: int
    is_file: bool
    values: Mapping[str, str]

    @property
    def size(self) -> int:
        """How many rows to read."""
        return CSV_MAX if self.is_file else PAGE_SIZE

    @property
    def first(self) -> int:
        """How many rows stand before them."""
        return 0 if self.is_file else (self.page - 1) * PAGE_SIZE

    def __getitem__(self, name: str) -> str:
        """The value of a filter."""
        return self.values[name]


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column: its address orders the list by it."""

    label: str
    href: str = ""
    order: str = ""
    """ascending, descending, or nothing where the list is ordered by something else."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list as its page shows it."""

    path: str
    noun: str
    heads: Sequence[Head]
    columns: Sequence[tuple[str, str]]
    """Of each column its head, and its place on a phone."""
    rows: Rows
    slice: Slice
    total: int
    is_bounded: bool
    """Whether there may be more than the total says."""
    narrow: str
    """What to do then."""
    form: Form[Any]
    filters: Sequence[Filter]
    sorts: Sequence[tuple[str, str]]
    has_words: bool
    is_filtered: bool
    file_path: str
    query: str


@dataclass(frozen=True, kw_only=True)
class ListPart(Generic[R]):
    """One list: what it is called, its columns, and what can be asked of it."""

    path: str
    noun: str
    columns: Sequence[Column[R]]
    kind: str
    """What an export of it is called in the access log."""
    filters: Sequence[Filter] = ()
    sorts: Sequence[tuple[str, str]] = ()
    """Orders with their words, the usual one first; a minus turns one around."""
    has_words: bool = False
    """Whether words can be searched for in the address: never where they may be a client's."""
    narrow: str = "Add a word to narrow it down."
    """What to do where there may be more than the total says."""
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else is in its addresses, such as the day that it is about."""
    kept: KeptRows = field(default_factory=KeptRows, compare=False)
    """Its rows as they were drawn; a part that is made for each request has none to find."""

    def wanted(self, request: AnyRequest, *, filters: Sequence[Filter] | None = None) -> Wanted:
        """What the address asks for; what it cannot ask for is left at its usual."""
        query = query_of(request)
        orders = [value for value, _ in self.sorts]
        sort = query.get("sort", "")
        return Wanted(
            q=query.get("q", "")[:QUERY_MAX] if self.has_words else "",
            sort=sort
            if sort.removeprefix("-") in {each.removeprefix("-") for each in orders}
            else next(iter(orders), ""),
            page=page_number(query.get("page", "")),
            is_file=query.get("as") == "csv",
            values={each.name: each.of(query) for each in filters or self.filters},
        )

    def made(
        self,
        wanted: Wanted,
        rows: Iterable[R],
        *,
        total: int,
        is_bounded: bool = False,
        filters: Sequence[Filter] | None = None,
    ) -> Listing:
        """The list with one page of its rows."""
        shown = Rows(list(rows), self.columns, self.kept)
        filters = filters or self.filters
        query = self._query(wanted, filters)
        more = wanted.first + len(shown) < total or (is_bounded and len(shown) == PAGE_SIZE)
        return Listing(
            path=self.path,
            noun=self.noun,
            heads=[self._head(each, wanted, query) for each in self.columns],
            columns=[(each.label, each.phone) for each in self.columns],
            rows=shown,
            slice=slice_of(
                self.path, query, page=wanted.page, shown=len(shown), total=total, more=more
            ),
            total=total,
            is_bounded=is_bounded,
            narrow=self.narrow,
            form=Form(values={**wanted.values, "q": wanted.q, "sort": wanted.sort}),
            filters=filters,
            sorts=self.sorts,
            has_words=self.has_words,
            is_filtered=bool(query),
            file_path=address(self.path, {**query, "as": "csv"}),
            query=address("", query).removeprefix("?"),
        )

    def file(
        self, request: AnyRequest, rows: Iterable[R], *, total: int, is_bounded: bool = False
    ) -> Response[str]:
        """The list as a file for a spreadsheet, in which no cell is ever computed."""
        practice, out = PRACTICE.of(request), io.StringIO()
        columns = [each for each in self.columns if each.in_file]
        writer = csv.writer(out)
        writer.writerow([each.label for each in columns])
        count = 0
        for row in rows:
            writer.writerow([file_text(each.get(row), practice.zone) for each in columns])
            count += 1
        if is_bounded and count >= CSV_MAX:
            writer.writerow([f"Only the first {count:,} are in this file. There are more."])
        elif total > count:
            writer.writerow([f"Only the first {count:,} of {total:,} are in this file."])
        name = f"{plural(self.noun).replace(' ', '-')}-{practice.today().isoformat()}.csv"
        body = "\ufeff" + out.getvalue()
        return Response(body, media_type="text/csv; charset=utf-8", headers=attachment(name))

    async def audit(self, tx: ReadSession, wanted: Wanted) -> None:
        """Put on record that the list was taken along as a file."""
        if wanted.is_file:
            await tx.audit("export", kind=self.kind)

    def _query(self, wanted: Wanted, filters: Sequence[Filter]) -> dict[str, str]:
        """The address's part for what is not as usual."""
        usual = {each.name: each.options[0][0] for each in filters}
        query = dict(self.fixed) | {
            name: value for name, value in wanted.values.items() if value != usual[name]
        }
        if wanted.q:
            query["q"] = wanted.q
        if self.sorts and wanted.sort != self.sorts[0][0]:
            query["sort"] = wanted.sort
        return query

    def _head(self, column: Column[R], wanted: Wanted, query: Mapping[str, str]) -> Head:
        if not column.sort:
            return Head(label=column.label)
        is_up, is_down = wanted.sort == column.sort, wanted.sort == f"-{column.sort}"
        turned = f"-{column.sort}" if is_up else column.sort
        return Head(
            label=column.label,
            href=address(self.path, query, sort=turned),
            order="ascending" if is_up else "descending" if is_down else "",
        )


def file_text(cell: Cell, zone: Any) -> str:  # noqa: ANN401 - a time zone
    """A cell as text that no spreadsheet takes for a formula."""
    if isinstance(cell, datetime):
        return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, Tag):
        cell = cell.label
    if isinstance(cell, Link):
        cell = "; ".join([cell.label, *(each.label for each in cell.tags)])
    text = "" if cell is None else str(cell)
    first = BEFORE_FORMULA.sub("", text)
    return f"'{text}" if first.startswith(FORMULA) or first != text else text
