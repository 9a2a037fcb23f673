"""People at their browsers, on the whole product: what one plane says, the other shows."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from lmhg_stack.stack import Stack

SignIn = Callable[[str, str], Awaitable[Page]]
CROSSING_MS = 10_000
pytestmark = pytest.mark.timeout(180)


async def reload_until(page: Page, text: str, *, count: int) -> None:
    """Reload, as a person does, until a text is on the page so often."""
    found = page.get_by_text(text, exact=True)
    for _ in range(CROSSING_MS // 250):
        await page.reload()
        if await found.count() == count:
            return
        await page.wait_for_timeout(250)
    await expect(found).to_have_count(count, timeout=1)


async def test_an_announcement_crosses_and_comes_back(stack: Stack, sign_in: SignIn):
    """Written, proposed, approved by a second person, seen on the portal, withdrawn, gone."""
    author = await sign_in("workspace", "front@lmhg.test")
    await author.goto("/announcements/new")
    await author.get_by_role("textbox", name="Title").fill("Fire drill on Friday")
    await author.get_by_role("textbox", name="Text").fill("Meet at the car park.")
    await author.get_by_role("button", name="Save").click()
    await author.get_by_label("Why share it?").fill("everybody has to know")
    await author.get_by_role("button", name="Ask to share").click()
    await expect(author.get_by_role("button", name="Approve sharing")).to_have_count(0)

    officer = await sign_in("workspace", "compliance@lmhg.test")
    await officer.goto(author.url.partition("?")[0])
    await officer.get_by_role("button", name="Approve sharing").click()

    reader = await sign_in("portal", "casey.lindqvist@lmhg.test")
    await reader.goto("/announcements")
    await reload_until(reader, "Fire drill on Friday", count=1)

    await officer.goto(author.url.partition("?")[0])
    await officer.locator("summary", has_text="Take back").click()
    await officer.get_by_role("button", name="Yes, take back").click()
    await reload_until(reader, "Fire drill on Friday", count=0)


async def test_a_ticket_is_filed_and_answered(stack: Stack, sign_in: SignIn):
    """From a phone's width; support answers, the person reads it."""
    staff = await sign_in("portal", "front@lmhg.test")
    await staff.set_viewport_size({"width": 390, "height": 844})
    await staff.goto("/tickets/new")
    await staff.get_by_label("What is it about?").fill("The label printer")
    await staff.get_by_label("What happened").fill("It prints half of each label.")
    await staff.get_by_label("Category").select_option("computer")
    await staff.get_by_label("Urgency").select_option("normal")
    await staff.get_by_role("button", name="Send ticket").click()
    await expect(staff.get_by_role("heading", name="The label printer")).to_be_visible()

    support = await sign_in("portal", "it@lmhg.test")
    await support.goto(staff.url.partition("?")[0])
    await support.locator("textarea[name=body]").fill("Turn the roll around.")
    await support.locator("form[action$='/messages'] button").click()
    await staff.reload()
    await expect(staff.get_by_text("Turn the roll around.")).to_be_visible()


async def test_a_stranger_sees_a_form_and_no_more(stack: Stack, sign_in: SignIn):
    """Neither plane shows anything before sign-in."""
    page = await sign_in("portal", "front@lmhg.test")
    await page.context.clear_cookies()
    for address in ("workspace", "portal"):
        await page.goto(stack.facts["addresses"][address] + "/announcements")
        await expect(page.get_by_label("Password")).to_be_visible()
