"""The front desk works the list by keys and by thumb; who is at risk is at its top within seconds."""

import re
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from lmhg_stack.stack import Stack

SignIn = Callable[[str, str], Awaitable[Page]]
ON_TOP_MS = 10_000
pytestmark = pytest.mark.timeout(180)


def submit(stack: Stack, *, risk: int) -> int:
    """A new client sends an intake form; their number in IntakeQ."""
    address = stack.facts["addresses"]["intakeq"]
    answer = httpx.post(f"{address}/_sim/intakes", json={"risk": risk}, timeout=20)
    return int(answer.raise_for_status().json()["client_id"])


async def first_row(page: Page, label: str) -> Locator:
    """The first row with this next action, once there is one."""
    row = page.locator("[data-row]", has_text=label).first
    for _ in range(ON_TOP_MS // 250):
        await page.goto("/work")
        if await row.count():
            return row
        await page.wait_for_timeout(250)
    await expect(row).to_be_visible(timeout=1)
    return row


async def test_risk_answer_is_on_top_within_ten_seconds(stack: Stack, sign_in: SignIn):
    """From the webhook to the first row of the list, on a phone; one tap says who is on it."""
    desk = await sign_in("workspace", "front@lmhg.test")
    await desk.set_viewport_size({"width": 390, "height": 844})
    submit(stack, risk=0)
    begun = time.monotonic()
    submit(stack, risk=2)
    await first_row(desk, "Read this answer now")
    assert time.monotonic() - begun < ON_TOP_MS / 1000
    top = desk.locator("[data-row]").first
    await expect(top).to_contain_text("At risk")
    await top.get_by_role("button", name="I am on it").click()
    await expect(desk.get_by_text("You are on it")).to_be_visible()
    await desk.get_by_role("textbox", name="What was done").fill("Talked with them.")
    await desk.get_by_role("button", name="Save and close").click()
    await expect(desk.get_by_text("It is off the work list")).to_be_visible()


async def test_list_is_worked_by_keys(stack: Stack, sign_in: SignIn):
    """J and k move, a number notes a try, u takes it back, ? says all; the eye stays where it was."""
    submit(stack, risk=0)
    desk = await sign_in("workspace", "front@lmhg.test")
    row = await first_row(desk, "Call for the first time")
    href = await row.locator("[data-open]").get_attribute("href")
    mine = desk.locator(f"[data-row]:has(a[href='{href}'])")
    await mine.focus()
    await desk.keyboard.press("1")
    await expect(mine).to_contain_text("No answer")
    await expect(mine).to_contain_text("Call back")
    await desk.wait_for_load_state()
    assert await desk.evaluate("document.activeElement.matches('[data-row]')")
    await desk.keyboard.press("u")
    await expect(mine).to_contain_text("Call for the first time")
    await expect(desk.get_by_text(re.compile("Undone for .+ Nothing was noted"))).to_be_visible()
    await desk.wait_for_load_state()
    await desk.locator("[data-row]").first.focus()
    await desk.keyboard.press("j")
    at = "[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)"
    assert await desk.evaluate(at) == min(1, await desk.locator("[data-row]").count() - 1)
    await desk.keyboard.press("k")
    assert await desk.evaluate(at) == 0
    await desk.keyboard.press("?")
    await expect(desk.get_by_role("heading", name="Keys")).to_be_visible()
    await desk.keyboard.press("Escape")
    await mine.focus()
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_role("heading", name="To do")).to_be_visible()


async def test_shift_is_handed_over(stack: Stack, sign_in: SignIn):
    """What the desk noted and wrote is what the next person reads, and the desk sees that they did."""
    submit(stack, risk=0)
    desk = await sign_in("workspace", "front@lmhg.test")
    row = await first_row(desk, "Call for the first time")
    name = await row.locator("[data-open]").inner_text()
    await row.get_by_role("button", name="No answer").click()
    await desk.goto("/handoff")
    await desk.get_by_label("For the next shift").fill("Please try again before noon.")
    await desk.get_by_role("button", name="Leave note").click()
    admin = await sign_in("workspace", "admin@lmhg.test")
    await admin.goto("/handoff")
    await expect(admin.get_by_text(name).first).to_be_visible()
    await admin.get_by_role("button", name="Mark as read").click()
    await desk.reload()
    await expect(desk.get_by_text("Read by")).to_be_visible()
