"""Rows of a list that are kept drawn: a row that reads the same is drawn once an hour."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

KEPT_MAX = 2_048
"""Rows that one list keeps drawn."""


class KeptRows:
    """What the rows of one list look like, by what is in them, for one hour and one set of columns.

    For an hour, because how a day reads depends on the day that it is. Only rows that are frozen
    structs are kept: another one may change, or is found again by nobody.
    """

    def __init__(self) -> None:
        self._made_for: tuple[object, object] = (None, None)
        self._html: dict[object, str] = {}

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._html)

    def drawn(
        self, rows: Sequence[object], draw: Callable[[int], str], *, columns: object, hour: object
    ) -> list[str]:
        """Each row's HTML; `draw` makes the one of a place in the list."""
        if self._made_for[0] is not columns or self._made_for[1] != hour:
            self._made_for, self._html = (columns, hour), {}
        return [self._one(row, place, draw) for place, row in enumerate(rows)]

    def _one(self, row: object, place: int, draw: Callable[[int], str]) -> str:
        try:
            if (found := self._html.get(row)) is not None:
                return found
        except TypeError:  # something in it cannot be compared by its hash, such as a list
            return draw(place)
        html = draw(place)
        if isinstance(row, msgspec.Struct) and row.__struct_config__.frozen:
            if len(self._html) >= KEPT_MAX:
                self._html.clear()
            self._html[row] = html
        return html


class Column(Protocol):
    """What makes one cell of a row."""

    @property
    def get(self) -> Callable[[Any], Any]:
        """The cell of a row."""
        ...


class Rows:
    """The rows of a list, whose cells are made when they are asked for: a kept row needs none."""

    def __init__(self, source: Sequence[Any], columns: Sequence[Column], kept: KeptRows) -> None:
        self.source = source
        self.columns = columns
        self.kept = kept
        self._gets = [each.get for each in columns]

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, place: int) -> list[Any]:
        """The cells of one row. Raises: IndexError."""
        row = self.source[place]
        return [get(row) for get in self._gets]
