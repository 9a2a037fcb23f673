"""A row of a list as HTML: hundreds of cells a page, so they are written here and not by a macro each."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from lmhg_kit.ui.escaping import escaped

Draw = Callable[[Any], object]


def row_cells(row: Sequence[tuple[str, str, Any]], draw: Draw) -> Markup:
    """The cells of one row: (head, place on a phone, value). Text is escaped; `draw` draws the rest."""
    return Markup("".join([_cell(label, place, value, draw) for label, place, value in row]))  # noqa: S704 - each part is escaped


def _cell(label: str, place: str, value: Any, draw: Draw) -> str:  # noqa: ANN401 - any cell
    if value is None or value == "":
        return f"{_opened(label, place + ' none')}—</td>"
    if type(value) is str:
        return f"{_opened(label, place)}{escaped(value)}</td>"
    if getattr(value, "href", None) and not value.tags:
        shown = f'<a href="{escaped(value.href)}">{escaped(value.label)}</a>'
        return f"{_opened(label, place)}{shown}</td>"
    return f"{_opened(label, place)}{escaped(draw(value))}</td>"


@lru_cache(maxsize=512)
def _opened(label: str, place: str) -> str:
    return f'<td class="{escaped(place)}" data-label="{escaped(label)}">'
