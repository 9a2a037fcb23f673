"""Every template of the gateway: it compiles, has a title, and holds nothing that the CSP forbids."""

import re
from pathlib import Path

import pytest

import lmhg_gateway
from lmhg_kit.http.edge import Edge

ROOT = Path(lmhg_gateway.__file__).parent
TEMPLATES = sorted(ROOT.rglob("templates/**/*.html"))
FORBIDDEN = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\|\s*safe|https?://")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_compiles_and_holds_nothing_forbidden(edge: Edge, path: Path) -> None:
    """A template that is never shown would otherwise break in front of someone."""
    text = path.read_text()
    env = edge.inner.state["pages"].env
    env.parse(text)
    assert not FORBIDDEN.search(text)
    assert "{% extends" not in text or "{% block title %}" in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_is_the_component_with_its_token(path: Path) -> None:
    """A hand-written form may only read."""
    for form in re.findall(r"<form\b[^>]*>", path.read_text()):
        assert 'method="get"' in form
