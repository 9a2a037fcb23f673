"""The officer's console by keyboard alone: every control in its order, seen, and no way in without a way out."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from lmhg_quality.visits import VISITS, addresses, prepare
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

OFFICER = next(visit for visit in VISITS if visit.email == "compliance@lmhg.test")
MARK = """() => {
    const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const all = [...document.querySelectorAll(wanted)].filter(each =>
        each.checkVisibility({visibilityProperty: true}) && !each.disabled && each.tabIndex >= 0
        && !each.closest('[inert]'));
    const radios = new Set();
    const stops = all.filter(each => {
        if (each.type !== 'radio') return true;
        const group = each.form + each.name;
        if (radios.has(group)) return false;
        radios.add(group);
        return true;
    });
    stops.forEach((each, at) => each.setAttribute('data-stop', at));
    return stops.length;
}"""
WHERE = """() => {
    const each = document.activeElement;
    if (!each || each === document.body || each === document.documentElement) return null;
    const style = getComputedStyle(each);
    const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    const drawn = [...each.querySelectorAll('svg a > *, .hit')].some(child => getComputedStyle(child).stroke !== 'none');
    return [Number(each.getAttribute('data-stop') ?? -1), seen || drawn, each.outerHTML.slice(0, 120)];
}"""


async def walk(page: Page) -> list[str]:
    """What is wrong with a page for someone who has no mouse, once nothing on it is in progress."""
    await page.locator("[hx-trigger^='every']:not(.freshness)").first.wait_for(state="detached")
    count = await page.evaluate(MARK)
    dates = await page.locator("input[type=date]:visible, input[type=time]:visible").count()
    wrong: list[str] = []
    stops: list[int] = []
    texts: dict[int, str] = {}
    seen: set[int] = set()
    for _ in range(count + 4 * dates + 3):
        await page.keyboard.press("Tab")
        found: Any = await page.evaluate(WHERE)
        if found is None or (found[0] == 0 and set(stops) == set(range(count))):
            break
        at, is_seen, text = found
        stops.append(at)
        texts[at] = text
        seen |= {at} if is_seen else set()
    else:
        wrong.append("focus never leaves the page")
    wrong += [f"focus is not seen on {text}" for at, text in texts.items() if at not in seen]
    missed = sorted(set(range(count)) - set(stops))
    if missed:
        wrong.append(f"never reached: {missed} of {count}")
    if stops != sorted(stops):
        wrong.append(f"out of order: {stops}")
    return wrong


async def test_the_console_is_walked_by_keyboard(browser: Browser, stack: Stack) -> None:
    """Each page of the officer, from the skip link to the last control and out again."""
    known = await asyncio.to_thread(prepare, stack)
    context = await browser.new_context(base_url=stack.facts["addresses"]["workspace"])
    page = await context.new_page()
    await sign_in(page, member(OFFICER.email))
    wrong: dict[str, list[str]] = {}
    async for path, address in addresses(page, OFFICER.paths, known):
        await page.goto(address)
        if found := await walk(page):
            wrong[path] = found
    await context.close()
    assert wrong == {}


async def test_a_page_is_left_by_the_keys_that_open_it(browser: Browser, stack: Stack) -> None:
    """The palette opens by a key and closes by Escape; the skip link leads past the navigation."""
    context = await browser.new_context(base_url=stack.facts["addresses"]["workspace"])
    page = await context.new_page()
    await sign_in(page, member("front@lmhg.test"))
    await page.goto("/")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    await page.keyboard.press("/")
    palette = page.locator("dialog[open]")
    await palette.wait_for()
    await page.keyboard.press("Escape")
    await palette.wait_for(state="detached")
    await page.locator("details.person > summary").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Sign out").wait_for()
    await context.close()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<a href=/a>a</a><a href=/b style='outline:none'>b</a>", "focus is not seen"),
        ("<a href=/a>a</a><button tabindex=2>b</button>", "out of order"),
        ("<a href=/a onblur='this.focus()'>a</a><a href=/b>b</a>", "focus never leaves"),
    ],
)
async def test_the_walk_sees_what_is_wrong(browser: Browser, body: str, complaint: str) -> None:
    """An unseen focus, a jumping order, a trap."""
    page = await browser.new_page()
    await page.set_content(f"<style>a:focus,button:focus{{outline:2px solid}}</style>{body}")
    assert complaint in " ".join(await walk(page))
    await page.close()
