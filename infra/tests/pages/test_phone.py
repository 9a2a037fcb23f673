"""On a phone: no word of the bottom bar is cut, one is never off screen, and no week begins empty."""

import pytest
from playwright.async_api import Browser, Page

from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

WIDTHS = (320, 360, 390)
SOMEBODY = (
    ("workspace", "front@lmhg.test"),
    ("workspace", "morgan.reyes@lmhg.test"),
    ("workspace", "compliance@lmhg.test"),
    ("workspace", "admin@lmhg.test"),
    ("portal", "it@lmhg.test"),
    ("portal", "morgan.reyes@lmhg.test"),
)
"""One person of each role where it works."""
LINE = 17
"""Pixels of a line at the most; a label of one word takes one, a longer one two."""
CUT = f"""() => [...document.querySelectorAll('.bottomnav > a > span:first-of-type')]
    .filter(each => each.scrollWidth > each.clientWidth
        || each.clientHeight > {LINE} * Math.min(each.textContent.trim().split(' ').length, 2)
        || each.getBoundingClientRect().left < 0 || each.getBoundingClientRect().right > innerWidth)
    .map(each => each.textContent.trim())"""


async def cut_words(page: Page) -> list[str]:
    """Words of the bottom bar that are wider than their place, or broken in the middle."""
    return await page.evaluate(CUT)


@pytest.mark.parametrize(("where", "email"), SOMEBODY)
async def test_no_word_of_the_bottom_bar_is_cut(
    browser: Browser, stack: Stack, where: str, email: str
) -> None:
    """At 320, 360 and 390 pixels; and the same look sees a word that is."""
    context = await browser.new_context(base_url=stack.facts["addresses"][where])
    page = await context.new_page()
    await sign_in(page, member(email))
    cut: dict[int, list[str]] = {}
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto("/")
        assert await page.locator(".bottomnav > a").count() >= 2
        cut[width] = await cut_words(page)
    await page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    await page.eval_on_selector(
        ".bottomnav > a > span", "each => each.textContent = 'Announcements'"
    )
    planted = await cut_words(page)
    await context.close()
    assert [words for width in WIDTHS for words in cut[width]] == []
    assert planted == ["Announcements"]


OFF_SCREEN = """() => [...document.querySelectorAll('.sections [aria-current]')]
    .filter(each => each.getBoundingClientRect().left < 0
        || each.getBoundingClientRect().right > innerWidth)
    .map(each => each.textContent.trim())"""


async def test_the_tab_of_the_page_is_on_the_screen(browser: Browser, stack: Stack) -> None:
    """On every page of the officer, as it opens; and the same look sees a row that does not wrap."""
    context = await browser.new_context(base_url=stack.facts["addresses"]["workspace"])
    page = await context.new_page()
    await sign_in(page, member("compliance@lmhg.test"))
    off: list[tuple[int, str, list[str]]] = []
    paths = ("held", "screening", "found-later", "witness", "incidents", "statement")
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            await page.goto(f"/compliance/{path}")
            assert await page.locator(".sections [aria-current]").count() == 2
            if found := await page.evaluate(OFF_SCREEN):
                off.append((width, path, found))
    await page.goto("/compliance/found-later")
    await page.eval_on_selector(".tabs.minor ul", "each => each.style.flexWrap = 'nowrap'")
    planted = await page.evaluate(OFF_SCREEN)
    await context.close()
    assert off == []
    assert planted == ["Found later"]


async def test_a_phone_shows_one_line_for_empty_days(browser: Browser, stack: Stack) -> None:
    """A week without a booking is one line on a phone, and seven days on a desk."""
    context = await browser.new_context(base_url=stack.facts["addresses"]["portal"])
    page = await context.new_page()
    await sign_in(page, member("it@lmhg.test"))
    seen: dict[int, tuple[int, int]] = {}
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto("/calendar?day=2031-03-05")
        cards = page.locator(".daycard").filter(visible=True)
        seen[width] = (
            await page.locator(".dayrun").filter(visible=True).count(),
            await cards.count(),
        )
    await context.close()
    assert seen == {390: (1, 0), 1280: (0, 7)}
