"""In a real browser: who it may be while one types, and the queue of pairs by keyboard alone."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

SignIn = Callable[[str, str], Awaitable[Page]]
FRONT = "front@lmhg.test"
TRIES = 30
pytestmark = pytest.mark.timeout(180)


async def add(page: Page, name: str, born: str, mobile: str) -> str:
    """A client added at the desk; the address of the page."""
    await page.goto("/clients/new")
    await page.get_by_label("Legal name").fill(name)
    await page.get_by_label("Birth date").fill(born)
    await page.get_by_label("Mobile").fill(mobile)
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/clients/*")
    return page.url


async def rename(page: Page, address: str, name: str, born: str, mobile: str) -> None:
    """The same record, changed."""
    await page.goto(f"{address}/edit")
    await page.get_by_label("Legal name").fill(name)
    await page.get_by_label("Birth date").fill(born)
    await page.get_by_label("Mobile").fill(mobile)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Changes saved for")).to_be_visible()


async def twice(page: Page, name: str, other: str, born: str, mobile: str) -> tuple[str, str]:
    """Two records that became alike by a change, once the worker has seen it."""
    first = await add(page, name, born, mobile)
    second = await add(
        page, f"Unlike {other.split(maxsplit=1)[0]}quill", "1950-02-02", "6065550100"
    )
    await rename(page, second, other, born, mobile)
    for _ in range(TRIES):
        await page.goto(first)
        if await page.get_by_text("Compare the two records").count():
            return first, second
        await page.wait_for_timeout(500)
    message = "the worker found no pair"
    raise AssertionError(message)


async def test_typing_shows_who_it_may_be(sign_in: SignIn) -> None:
    """Without a press: the name is there, with the reason; it goes when the typing tells them apart."""
    page = await sign_in("workspace", FRONT)
    await add(page, "Marguerite Tallowmere", "1979-08-14", "5025550181")
    await page.goto("/clients/new")
    await page.get_by_label("Legal name").press_sequentially("Peggy Tallowmere")
    await page.get_by_label("Mobile").press_sequentially("5025550181")
    shown = page.get_by_role("region", name="Is it one of these?")
    await expect(shown.get_by_role("link", name="Marguerite Tallowmere")).to_be_visible()
    await expect(shown).to_contain_text("same phone")
    await page.get_by_label("This is someone else").check()
    await page.get_by_label("Pronouns").press_sequentially("she/her")
    await expect(page.get_by_label("This is someone else")).to_be_checked()
    await page.get_by_label("Legal name").fill("Osgood Fennimore")
    await page.get_by_label("Mobile").fill("")
    await expect(shown).to_have_count(0)


async def test_queue_is_worked_by_keyboard(sign_in: SignIn) -> None:
    """J opens and goes on, n tells apart, m shows what moves and merges; a held key does nothing twice."""
    page = await sign_in("workspace", FRONT)
    first, second = await twice(
        page, "Augustina Brindlewick", "Gussie Brindlewick", "1966-04-21", "5025550182"
    )
    await page.goto("/clients/duplicates")
    await page.keyboard.press("j")
    await page.wait_for_url("**/clients/duplicates/*-*")
    await page.goto(first)
    await page.get_by_role("link", name="Compare the two records").click()
    await page.wait_for_url("**/clients/duplicates/*-*")
    await page.wait_for_load_state()
    pair = page.url
    await page.keyboard.press("n")
    await expect(page.get_by_text("Noted: two different people.")).to_be_visible()
    assert page.url != pair
    await page.goto(pair)
    await page.get_by_role("button", name="Ask again").click()
    await expect(page.get_by_text("The pair waits again.")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("m")
    await expect(page.get_by_role("heading", name="Merge two records")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("m")
    await expect(page.get_by_text("Records merged.")).to_be_visible()
    assert "/clients/duplicates" in page.url
    seen = set[str]()
    for address in (first, second):
        await page.goto(address)
        seen.add(page.url)
    assert len(seen) == 1
    await page.get_by_role("link", name="Brindlewick").first.click()
    await page.get_by_role("button", name="Undo this merge").click()
    await expect(page.get_by_text("There are two records again.").first).to_be_visible()
