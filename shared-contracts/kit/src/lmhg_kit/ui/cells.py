"""The rows of a list as HTML: hundreds of cells a page, so they are written here and not by macros."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from lmhg_kit.ui.escaping import escaped

Row = Sequence[tuple[str, str, Any]]
"""Cells: the head of the column, its place on a phone, and what is in it."""


class Cells:
    """Draws each cell by what it is: a link, a word in a color, a day, a moment, or text. All is escaped."""

    def __init__(self, ui: SimpleNamespace, *, day: Callable[[date], str]) -> None:
        self._ui = ui
        self._day = day

    def rows(self, rows: Iterable[Row]) -> Markup:
        """The rows of a table's body."""
        cell = self._cell
        drawn = ["\n".join([cell(*each) for each in row]) for row in rows]
        return Markup("".join([f"<tr>\n{row}\n</tr>\n" for row in drawn]))  # noqa: S704 - each part is escaped

    def _cell(self, label: str, place: str, value: Any) -> str:  # noqa: ANN401 - any cell
        if value is None or value == "":
            return f"{_opened(label, place + ' none')}—</td>"
        if type(value) is str:
            return f"{_opened(label, place)}{escaped(value)}</td>"
        return f"{_opened(label, place)}{self._drawn(value)}</td>"

    def _drawn(self, value: Any) -> str:  # noqa: ANN401 - any cell
        if isinstance(value, datetime):
            return escaped(self._ui.moment(value))
        if isinstance(value, date):
            return escaped(self._day(value))
        href = getattr(value, "href", None)
        if href is None:
            is_tag = hasattr(value, "kind")
            return escaped(self._ui.badge(value.label, value.kind) if is_tag else value)
        link = f'<a href="{escaped(href)}">{escaped(value.label)}</a>'
        tags = [f" {escaped(self._ui.badge(each.label, each.kind))}" for each in value.tags]
        return link + "".join(tags)


@lru_cache(maxsize=512, typed=True)
def _opened(label: str, place: str) -> str:
    return f'<td class="{escaped(place)}" data-label="{escaped(label)}">'
