"""The icons: one file of symbols, each found by its name."""

import re
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

SPRITE = Path(__file__).parent / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z_-]+)" viewBox="0 0 24 24">(.+?)</symbol>')


def icon_names() -> frozenset[str]:
    """Every icon that can be asked for."""
    return frozenset(name for name, _ in _SYMBOL.findall(SPRITE.read_text()))


def icon_drawings() -> Callable[[str], Markup]:
    """The function that gives an icon's lines, in a box of 24 by 24; KeyError for one not there."""
    symbols = _SYMBOL.findall(SPRITE.read_text())
    drawings = {name: Markup(lines) for name, lines in symbols}  # noqa: S704 - a file of ours
    return drawings.__getitem__
