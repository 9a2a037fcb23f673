"""Components and templates: complete, strict, escaped, and free of inline code."""

import re
from pathlib import Path

import jinja2
import pytest

from lmhg_kit.ui.environment import (
    COMPONENTS,
    FOLDER,
    STATIC,
    build_environment,
    component_names,
    count_of,
)
from lmhg_kit.ui.gallery import about_component, gallery_group, golden_text

TEMPLATES = sorted(path for path in FOLDER.rglob("*.html") if path.name != "golden.html")


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    """The environment as the processes build it."""
    return build_environment((), timezone="America/Kentucky/Louisville", static_url="/s/{}".format)


def test_every_component_has_a_macro_of_its_name_and_fixtures() -> None:
    """A component without fixtures would not be seen in the gallery."""
    for name in component_names():
        assert f"macro {name}(" in (COMPONENTS / name / "macro.html").read_text()
        assert (COMPONENTS / name / "fixtures.json").exists(), name


@pytest.mark.parametrize("name", component_names())
def test_component_is_what_its_golden_says(env: jinja2.Environment, name: str) -> None:
    """Undefined names fail, and a change of markup is seen in review; `make docs` writes it again."""
    group = gallery_group(env, name)
    assert group.examples
    assert golden_text(group).strip() == (COMPONENTS / name / "golden.html").read_text().strip()


def test_unknown_icon_is_refused(env: jinja2.Environment) -> None:
    """A misspelt icon is an error, not an empty place."""
    with pytest.raises(KeyError):
        env.from_string("{{ ui.icon('hoem') }}").render()
    assert "><path d=" in env.from_string("{{ ui.icon('home') }}").render()


def test_every_style_is_in_the_stylesheet() -> None:
    """A component's style.css that nobody imports would do nothing."""
    imports = (FOLDER / "styles" / "components.css").read_text()
    styles = {path.parent.name for path in COMPONENTS.glob("*/style.css")}
    assert set(re.findall(r"components/(\w+)/style.css", imports)) == styles


def test_every_component_says_how_it_is_called() -> None:
    """The first comment of a macro has its signature, as the macro has it."""
    for name in component_names():
        signature = re.search(
            rf"macro {name}(\(.*?\)) -%}}", (COMPONENTS / name / "macro.html").read_text()
        )
        assert signature
        assert f"{name}{signature[1]}" in about_component(name), name


def test_values_are_escaped(env: jinja2.Environment) -> None:
    """Text of a person's never becomes markup."""
    ui = env.globals["ui"]
    html = ui.badge("<script>alert(1)</script>")  # type: ignore[union-attr]
    assert "<script>" not in html
    page = env.from_string("{{ ui.facts([['A', text]]) }}").render(text="<img src=x>")
    assert "<img" not in page


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_templates_hold_no_inline_code_and_no_foreign_origin(path: Path) -> None:
    """The content policy forbids all of these, so none may be written."""
    text = path.read_text()
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\|\s*safe|https?://", text
    )


def test_stylesheet_loads_nothing_from_elsewhere() -> None:
    """No import, no font, no picture of another origin; the licence of the reset styles names its home, once."""
    text = (STATIC / "app.css").read_text()
    licence, _, rules = text.partition("*/")
    assert licence.startswith("/*! tailwindcss")
    assert not re.search(r"@import|url\(|https?:", rules)
    assert re.search(r"@import|url\(|https?:", "a{background:url(x.png)}")


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
        (0, "match", "0 matches"),
        (1200, "day", "1,200 days"),
    ],
)
def test_counts_read_as_people_say_them(count: int, noun: str, words: str) -> None:
    """One entry, two entries."""
    assert count_of(count, noun) == words
