"""What a list's file says is text to every spreadsheet."""

from zoneinfo import ZoneInfo

import pytest

from lmhg_kit.http.list_part import Cell, Link, Tag, file_text

ZONE = ZoneInfo("America/Kentucky/Louisville")


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", " =1", "\ufeff=1", "\u200b@x", "\u00a0+1",
     "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", Link("=1", "/x"), Tag("-x")],
)  # fmt: skip
def test_cell_that_a_spreadsheet_would_compute_is_marked_as_text(cell: Cell) -> None:
    """Whatever it passes over in front of it, and in the wide forms too."""
    assert file_text(cell, ZONE).startswith("'")


@pytest.mark.parametrize(("cell", "said"), [("O'Dell", "O'Dell"), (None, ""), (7, "7")])
def test_other_cells_are_as_they_are(cell: Cell, said: str) -> None:
    """The control."""
    assert file_text(cell, ZONE) == said
