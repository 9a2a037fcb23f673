"""Cells of our own files: guarded, so that no spreadsheet computes them, and read back as they were."""

from typing import Any

from lmhg_kit.http.list_part import Cell, file_text

GUARD = "'"


def guarded(cell: Cell, zone: Any) -> str:  # noqa: ANN401 - a time zone
    """A cell of a CSV file: whatever begins with a guard gets one more, so that each reads back as it was."""
    text = plain(cell, zone)
    return f"{GUARD}{text}" if text.startswith(GUARD) else file_text(text, zone)


def unguarded(text: str) -> str:
    """A cell of a CSV file of ours as it was."""
    return text.removeprefix(GUARD).strip() if text.startswith(GUARD) else text


def plain(cell: Cell, zone: Any) -> str:  # noqa: ANN401 - a time zone
    """A cell as text, not guarded: a workbook says of each cell that it is text."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, str) else file_text(cell, zone)
