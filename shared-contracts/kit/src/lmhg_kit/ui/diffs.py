"""Two texts line by line, for the eye."""

import difflib
from dataclasses import dataclass

LINES_MAX = 2000
"""Lines of each text that are compared; the rest is cut off."""
_CHANGES = {"+ ": "came", "- ": "went", "  ": "same"}


@dataclass(frozen=True)
class DiffLine:
    """One line: it came, it went, or it is the same."""

    change: str
    text: str


def diff_lines(before: str, after: str) -> list[DiffLine]:
    """The lines of both texts in order, each with what became of it."""
    old, new = before.splitlines()[:LINES_MAX], after.splitlines()[:LINES_MAX]
    marked = difflib.ndiff(old, new)
    return [DiffLine(_CHANGES[line[:2]], line[2:]) for line in marked if line[:2] in _CHANGES]
