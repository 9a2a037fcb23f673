"""Colours: every pair that carries text reaches WCAG AA, in both schemes and on both planes."""

import re
from itertools import product

import pytest

from lmhg_kit.ui.environment import FOLDER

AA_TEXT = 4.5
AA_EDGE = 3.0
TEXT_PAIRS = [
    ("text", "bg"), ("text", "surface"), ("text", "raised"), ("text", "sunken"),
    ("muted", "bg"), ("muted", "surface"), ("muted", "sunken"), ("accent", "surface"),
    ("accent", "bg"), ("accent", "accent-soft"), ("accent-text", "accent"), ("bar-text", "bar"),
    ("promise-text", "promise-bg"), ("ok", "ok-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"),
    ("info", "info-soft"), ("bad", "surface"), ("text", "ok-soft"), ("text", "warn-soft"),
    ("text", "bad-soft"), ("text", "info-soft"), ("text", "accent-soft"), ("accent-text", "accent-strong"),
    ("bar-text", "bar-soft"), ("ok", "surface"), ("warn", "surface"), ("info", "surface"), ("bad", "raised"),
    ("ok", "raised"), ("accent", "raised"), ("accent", "ok-soft"), ("accent", "warn-soft"), ("accent", "bad-soft"), ("accent", "info-soft"), ("accent", "sunken"), ("muted", "raised"),
]  # fmt: skip
EDGE_PAIRS = [
    ("line-strong", "surface"),
    ("line-strong", "bg"),
    ("focus", "surface"),
    ("focus", "bg"),
    ("line-strong", "raised"),
    ("accent", "sunken"),
    ("ok", "surface"),
    ("warn", "surface"),
    ("bad", "surface"),
    ("info", "surface"),
]
CSS = (FOLDER / "styles" / "tokens.css").read_text()
_TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})")


def tokens(scheme: str, plane: str) -> dict[str, str]:
    """The colours in force for a scheme and a plane."""
    light, dark = CSS.split("@media (prefers-color-scheme: dark)", 1)
    dark = dark.split("@media", 1)[0]
    found: dict[str, str] = {}
    for part in (light, dark) if scheme == "dark" else (light,):
        general, cloud = part.split('[data-plane="cloud"]', 1)
        found |= dict(_TOKEN.findall(general))
        if plane == "cloud":
            found |= dict(_TOKEN.findall(cloud))
    return found


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio. Source: WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("scheme", "plane"), list(product(("light", "dark"), ("onprem", "cloud"))))
def test_every_pair_can_be_read(scheme: str, plane: str) -> None:
    """Text at 4.5, edges of controls and the focus ring at 3."""
    colours = tokens(scheme, plane)
    weak = [
        (front, back, round(contrast(colours[front], colours[back]), 2))
        for pairs, least in ((TEXT_PAIRS, AA_TEXT), (EDGE_PAIRS, AA_EDGE))
        for front, back in pairs
        if contrast(colours[front], colours[back]) < least
    ]
    assert weak == []


def test_the_measure_itself() -> None:
    """Black on white is 21, and a colour on itself is 1."""
    assert round(contrast("#000", "#ffffff"), 2) == 21
    assert contrast("#0b6b5d", "#0b6b5d") == 1
