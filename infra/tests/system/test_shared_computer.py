"""In a real browser: a computer that people share is locked with one key, and keeps nothing of who left."""

import re

import pytest
from playwright.async_api import expect

from lmhg_stack.demo.screen import enter_password, pass_reminder
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

from .conftest import SignIn  # noqa: TID252 - the fixtures of this folder

FRONT, OTHER = "front@lmhg.test", "morgan.reyes@lmhg.test"


@pytest.mark.timeout(180)
async def test_computer_is_locked_taken_over_and_given_back(stack: Stack, sign_in: SignIn) -> None:
    """One key from a client's page; Back shows nothing of it, to nobody; its own person returns to it."""
    page = await sign_in("workspace", FRONT)
    await page.goto("/clients")
    await page.locator("main a[href^='/clients/']:not([href*='new'])").first.click()
    name, address = await page.locator("h1").inner_text(), page.url
    await page.keyboard.press("Shift+L")
    await expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    front, other = member(FRONT), member(OTHER)
    await expect(page.get_by_role("link", name=front.name)).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text(name)).to_have_count(0)
    await page.goto(stack.facts["addresses"]["workspace"] + "/sign-in")
    await enter_password(page, other.email, other.password)
    await pass_reminder(page)
    await expect(page.get_by_text(other.name).first).to_be_attached()
    await page.keyboard.press("Shift+L")
    await page.get_by_role("link", name=front.name).click()
    await expect(page.get_by_label("Password")).to_be_focused()
    await page.get_by_label("Password").fill(front.password)
    await page.get_by_role("button", name="Sign in").click()
    await pass_reminder(page)
    await expect(page).to_have_url(re.compile(re.escape(address)))
    await expect(page.locator("h1")).to_have_text(name)
