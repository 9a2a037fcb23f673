"""The rows of a list as HTML: hundreds of cells a page, so they are written here and not by macros."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from lmhg_kit.ui.escaping import escaped
from lmhg_kit.ui.kept_rows import Rows

BADGES_MAX = 512
"""Words in a color that are kept drawn; there are fewer."""


class Cells:
    """Draws each cell by what it is: a link, a word in a color, a day, a moment, or text. All is escaped."""

    def __init__(
        self, ui: SimpleNamespace, *, day: Callable[[date], str], now: Callable[[], datetime]
    ) -> None:
        self._ui = ui
        self._day = day
        self._now = now
        self._badge = lru_cache(BADGES_MAX, typed=True)(self._drawn_badge)

    def rows(
        self, rows: Rows | Sequence[Sequence[Any]], columns: Iterable[tuple[str, str]]
    ) -> Markup:
        """The rows of a table's body; of each column its head, and its place on a phone."""
        begins = [
            (_opened(label, place), f"{_opened(label, place + ' none')}—</td>")
            for label, place in columns
        ]
        cell = self._cell

        def draw(place: int) -> str:
            cells = zip(rows[place], begins, strict=True)
            return (
                "<tr>\n" + "\n".join([cell(value, *begin) for value, begin in cells]) + "\n</tr>\n"
            )

        if isinstance(rows, Rows):
            at = self._now()
            hour = (at.toordinal(), at.hour)
            drawn = rows.kept.drawn(rows.source, draw, columns=rows.columns, hour=hour)
        else:
            drawn = [draw(place) for place in range(len(rows))]
        return Markup("".join(drawn))  # noqa: S704 - each part is escaped

    def _cell(self, value: Any, opened: str, nothing: str) -> str:  # noqa: ANN401 - any cell
        if type(value) is str:
            return f"{opened}{escaped(value)}</td>" if value else nothing
        return nothing if value is None else f"{opened}{self._drawn(value)}</td>"

    def _drawn(self, value: Any) -> str:  # noqa: ANN401 - any cell
        if hasattr(value, "href"):
            link = f'<a href="{escaped(value.href)}">{escaped(value.label)}</a>'
            tags = [f" {self._badge(each.label, each.tone)}" for each in value.tags]
            return link + "".join(tags) if tags else link
        if hasattr(value, "tone"):
            return self._badge(value.label, value.tone)
        if isinstance(value, datetime):
            return escaped(self._ui.moment(value))
        return escaped(self._day(value) if isinstance(value, date) else value)

    def _drawn_badge(self, label: str, tone: str) -> str:
        return escaped(self._ui.badge(label, tone))


@lru_cache(maxsize=512, typed=True)
def _opened(label: str, place: str) -> str:
    return f'<td class="{escaped(place)}" data-label="{escaped(label)}">'
