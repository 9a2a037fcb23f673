"""One walk over every page of both planes and the identity process, for all gates of pages."""

import asyncio
import os
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page

from lmhg_quality.node import module_file
from lmhg_quality.visits import SIGNED_OUT, VISITS, addresses, prepare
from lmhg_stack.chromium import draw_out
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

AXE = "axe-core/axe.min.js"
EVERY_LOOK = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
LOOKS = EVERY_LOOK if os.environ.get("LMHG_LOOKS") == "all" else [(390, "dark"), (1280, "light")]
"""How each page is looked at: in the tests at each width and in each scheme once, in `make grade` in all four."""
RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: [
        'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}});
    return found.violations.map(each => [each.id, each.nodes.slice(0, 3).map(node => node.target.join(' '))]);
}"""


@dataclass
class Walk:
    """What the walk saw: the HTML that each page was sent as, and what axe found, by page and look."""

    html: dict[str, str] = field(default_factory=dict[str, str])
    failed: list[str] = field(default_factory=list[str])
    violations: list[str] = field(default_factory=list[str])
    looks: int = 0
    known: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


def axe() -> str:
    """The source of axe-core. Raises: FileNotFoundError when it is not installed."""
    return module_file(AXE).read_text("utf-8")


async def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds on a page as it is."""
    await page.evaluate(axe())
    return await page.evaluate(RUN)


async def look(page: Page, walk: Walk, name: str) -> None:
    """One page in every width and theme, without leaving it."""
    for width, scheme in LOOKS:
        await page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        await draw_out(page, width=width)
        for rule, targets in await violations(page):
            walk.violations.append(f"{name} {width} {scheme}: {rule} at {targets}")
        walk.looks += 1


def path_ends_open(name: str) -> bool:
    """Whether a page is an error page by right: a letter's link without its letter."""
    return name.endswith("/letter")


async def open_page(page: Page, walk: Walk, name: str, address: str) -> None:
    """Open a page, keep its HTML as it was sent, and look at it."""
    answer = await page.goto(address)
    if answer is None or answer.status >= (500 if path_ends_open(name) else 400):
        walk.failed.append(f"{name} was answered {answer.status if answer else 'with nothing'}")
        return
    walk.html[name] = await answer.text()
    await look(page, walk, name)


async def walk_all(browser: Browser, stack: Stack) -> Walk:
    """Every page, signed out and as each of the visitors."""
    axe()
    found = Walk()
    found.known["workspace"] = await asyncio.to_thread(prepare, stack)
    where = stack.facts["addresses"]
    for name, paths in SIGNED_OUT.items():
        context = await browser.new_context(base_url=where[name])
        page = await context.new_page()
        for path in paths:
            await open_page(page, found, f"{name} {path}", path)
        await context.close()
    for visit in VISITS:
        context = await browser.new_context(base_url=where[visit.where])
        page = await context.new_page()
        await sign_in(page, member(visit.email))
        async for path, address in addresses(
            page, visit.paths, found.known.setdefault(visit.where, {})
        ):
            await open_page(page, found, f"{visit.where} {path}", address)
        await context.close()
    return found
