"""Gates of pages: every page is visited, nobody is shut out (axe), and the HTML is HTML."""

from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Browser

from lmhg_quality.node import MODULES, run_node
from lmhg_quality.page_gates import LOOKS, Walk, violations
from lmhg_quality.visits import unvisited
from lmhg_quality.words.first_look import raw_in
from lmhg_stack.docs.routes import pages

VALIDATE = "html-validate/bin/html-validate.mjs"
FOR_IT = ("workspace /oauth-clients", "workspace /network")
"""Pages for anyone who runs the machines: scopes and networks have no other names."""
RULES = Path(__file__).parent / "htmlvalidate.json"


def test_every_page_is_visited() -> None:
    """A new page is looked at by every gate here, or its excuse is recorded."""
    routes = pages()
    assert unvisited(routes) == []
    assert unvisited({"workspace": [*routes["workspace"], "/new-page"]}) == ["workspace /new-page"]


async def test_axe_finds_nothing_on_any_page(walk: Walk) -> None:
    """In both themes, at a phone's and a desk's width."""
    assert walk.failed == []
    assert walk.looks == len(LOOKS) * len(walk.html)
    assert walk.violations == []


async def test_axe_finds_what_is_planted(browser: Browser, planted: str) -> None:
    """A gate that never closes is a hole in the wall."""
    page = await browser.new_page()
    await page.set_content(planted)
    rules = {rule for rule, _ in await violations(page)}
    assert rules >= {"image-alt", "label", "color-contrast"}
    await page.close()


def test_no_page_shows_an_id_or_a_code_on_the_first_look(walk: Walk) -> None:
    """What only a program understands is behind "Technical details"."""
    shown = {name: html for name, html in walk.html.items() if not name.startswith(FOR_IT)}
    assert {name: found for name, html in shown.items() if (found := raw_in(html))} == {}


def test_ids_and_codes_are_seen_outside_technical_details_alone() -> None:
    """The same reader on a page that shows each of them, and on one that hides them."""
    raw = "<p>0198c2d4-0f5e-7a11-8c3e-0123456789ab waits_for_it at 2026-11-27T01:00 UTC</p>"
    assert len(raw_in(raw)) == 4
    assert (
        raw_in(f'<details class="fold small technical"><summary>x</summary>{raw}</details>') == []
    )


def validated(folder: Path, pages: dict[str, str]) -> list[str]:
    """What html-validate says about these pages."""
    names: dict[str, str] = {}
    for number, (name, text) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(text, "utf-8")
        names[file.name] = name
    out = folder / "found.json"
    run_node(
        MODULES / VALIDATE,
        "--config",
        str(RULES),
        "--formatter",
        f"json={out}",
        *(str(folder / n) for n in names),
    )
    results: list[Any] = msgspec.json.decode(out.read_bytes())
    return [
        f"{names[Path(str(result['filePath'])).name]}:{message['line']} {message['ruleId']}: {message['message']}"
        for result in results
        for message in result["messages"]
    ]


def test_html_is_valid(walk: Walk, tmp_path: Path) -> None:
    """Every page, as it was sent."""
    assert validated(tmp_path, walk.html) == []


def test_planted_mistakes_are_named(planted: str, tmp_path: Path) -> None:
    """The same validator, with the same rules, on a page that breaks them."""
    found = "\n".join(validated(tmp_path, {"planted": planted}))
    assert "no-dup-id" in found
    assert "wcag/h37" in found
