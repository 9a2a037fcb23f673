"""The icons: one file of symbols, each found by its name."""

import re
from collections.abc import Callable
from pathlib import Path

SPRITE = Path(__file__).parent / "static" / "icons.svg"
_NAME = re.compile(r'<symbol id="([a-z_-]+)"')


def icon_names() -> frozenset[str]:
    """Every icon that can be asked for."""
    return frozenset(_NAME.findall(SPRITE.read_text()))


def icon_links(static_url: Callable[[str], str]) -> Callable[[str], str]:
    """The function that gives an icon's address within the sprite; KeyError for one not there."""
    base = static_url(SPRITE.name)
    addresses = {name: f"{base}#{name}" for name in icon_names()}
    return addresses.__getitem__
