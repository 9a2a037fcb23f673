"""What a template keeps drawn is drawn for everybody, so it may depend on nobody."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLANES = ("onprem-gateway", "cloud-portal", "shared-contracts/kit")
KEPT = re.compile(r"\bkept\((\w+)")
OF_ONE_REQUEST = frozenset({"frame", "form", "request", "csrf"})
TEMPLATES = [
    path
    for plane in PLANES
    for path in sorted((ROOT / plane / "src").rglob("*.html"))
    if KEPT.search(path.read_text())
]


def leaning(source: str) -> list[str]:
    """Kept macros of a template that are not in it, or ask for what only one request has."""
    found: list[str] = []
    for name in KEPT.findall(source):
        body = re.search(rf"{{% macro {name}\(.*?{{%-? endmacro", source, re.DOTALL)
        if body is None or OF_ONE_REQUEST & set(re.findall(r"[a-z_]+", body[0])):
            found.append(name)
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda each: each.name)
def test_a_kept_macro_asks_nothing_but_its_arguments(path: Path) -> None:
    """It names no frame, no form and no request: a page of one person is never another's."""
    assert leaning(path.read_text()) == []


def test_a_macro_that_leans_on_a_request_is_seen() -> None:
    """The control: by its own words, and where its body is elsewhere; there are kept ones at all."""
    own = "{{ kept(row, 1) }}{% macro row(n) -%}{{ frame.person }}{%- endmacro %}"
    assert leaning(own) == ["row"]
    assert leaning(own.replace("frame.person", "n")) == []
    assert leaning("{{ kept(row, 1) }}") == ["row"]
    assert TEMPLATES
