"""Rows that are kept drawn: found again by what is in them, for an hour, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from markupsafe import Markup

from lmhg_kit.http.list_part import Column, Link, ListPart, Tag, Wanted
from lmhg_kit.ui import kept_rows
from lmhg_kit.ui.cells import Cells

ASKED = Wanted(q="", sort="", page=1, is_file=False, values={})


class Row(msgspec.Struct, frozen=True):
    """A row as lists have them."""

    name: str
    tags: tuple[str, ...] = ()


class Loose(msgspec.Struct):
    """A row that may change after it was drawn."""

    name: str


class Desk:
    """A list, a clock, and how often a badge was drawn."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 29, 9, 15, tzinfo=UTC)
        self.asked: list[str] = []
        self.part = ListPart[Any](
            path="/rows",
            noun="row",
            kind="row",
            columns=(Column(label="Name", get=self._name), Column(label="Is", get=self._state)),
        )
        self._cells = Cells(self, day=str, now=lambda: self.at)  # type: ignore[arg-type] - has a badge, as components do

    def badge(self, label: str, _tone: str) -> Markup:
        """A word in a color."""
        return Markup("<b>{}</b>").format(label)

    def _name(self, row: Any) -> Link:
        self.asked.append(row.name)
        return Link(row.name, f"/rows/{row.name}")

    def _state(self, _row: Any) -> Tag:
        return Tag("Open")

    def draw(self, *rows: Any, part: ListPart[Any] | None = None) -> str:
        """The rows as a page has them."""
        made = (part or self.part).made(ASKED, rows, total=len(rows))
        return str(self._cells.rows(made.rows, made.columns))


@pytest.fixture
def desk() -> Desk:
    """A list that nobody has looked at."""
    return Desk()


def test_row_that_reads_the_same_is_drawn_once(desk: Desk) -> None:
    """An equal row, not the same object; its HTML is that of the first."""
    first = desk.draw(Row("a"), Row("b"))
    assert desk.draw(Row("b"), Row("a")) == "".join(
        reversed([f"{each}</tr>\n" for each in first.split("</tr>\n")[:-1]])
    )
    assert desk.asked == ["a", "b"]


def test_row_that_changed_is_drawn_anew(desk: Desk) -> None:
    """Whatever is in it counts, shown or not."""
    assert ">a<" in desk.draw(Row("a"))
    assert ">c<" in desk.draw(Row("c"))
    desk.draw(Row("a", tags=("late",)))
    assert desk.asked == ["a", "c", "a"]


def test_kept_rows_end_with_the_hour(desk: Desk) -> None:
    """How a day reads depends on the day that it is; the rows before are let go."""
    desk.draw(Row("a"))
    desk.at = desk.at.replace(hour=10)
    desk.draw(Row("a"))
    assert desk.asked == ["a", "a"]


def test_other_columns_have_rows_of_their_own(desk: Desk) -> None:
    """A list with other columns shows them, although it comes from the same part."""
    desk.draw(Row("a"))
    other = replace(
        desk.part, columns=(Column[Any](label="Name", get=lambda row: row.name.upper()),)
    )
    assert ">A<" in desk.draw(Row("a"), part=other)
    assert ">a<" in desk.draw(Row("a"))


def test_row_that_may_change_is_never_kept(desk: Desk) -> None:
    """Only frozen structs are; what cannot be compared is drawn all the same."""
    row = Loose("a")
    desk.draw(row)
    row.name = "b"
    assert ">b<" in desk.draw(row)
    odd: Any = ["late"]
    assert ">a<" in desk.draw(Row("a", tags=odd))


def test_rows_that_are_kept_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of thousands holds a bounded part of them."""
    monkeypatch.setattr(kept_rows, "KEPT_MAX", 3)
    for number in range(10):
        desk.draw(Row(str(number)))
    assert desk.part.kept.count <= 3


def test_what_is_drawn_from_a_kept_row_is_escaped(desk: Desk) -> None:
    """A kept row is no way around the escaping."""
    for _ in range(2):
        assert "<script>" not in desk.draw(Row("<script>"))


@pytest.mark.parametrize(
    ("rows", "total", "is_bounded", "goes_on"),
    [(50, 100, False, True), (50, 50, False, False), (50, 50, True, True), (7, 7, True, False)],
)
def test_list_whose_count_stopped_goes_on_while_its_pages_are_full(
    desk: Desk, rows: int, total: int, *, is_bounded: bool, goes_on: bool
) -> None:
    """The count says only that there are more; a page that is not full is the last one."""
    shown = [Row(str(number)) for number in range(rows)]
    made = desk.part.made(ASKED, shown, total=total, is_bounded=is_bounded)
    assert bool(made.slice.older) is goes_on
