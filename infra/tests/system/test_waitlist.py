"""A freed time on a phone: whom it suits, offered, passed on, accepted, booked; and told when it is taken."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, ViewportSize, expect

from lmhg_stack.stack import Stack

SignIn = Callable[[str, str], Awaitable[Page]]
PHONE: ViewportSize = {"width": 390, "height": 844}
ZONE = ZoneInfo("America/New_York")
pytestmark = pytest.mark.timeout(180)


async def waits(page: Page, name: str) -> str:
    """Someone new is put on the waitlist, step by step as a front desk does it; the referral's path."""
    await page.goto("/clients/new")
    await page.get_by_label("Legal name").fill(name)
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_role("link", name="New referral").click()
    await page.get_by_label("How it arrived").select_option("phone")
    await page.get_by_label("Referred by").select_option("physician")
    await page.get_by_label("Concern").select_option("anxiety")
    await page.get_by_label("Urgency").select_option("urgent")
    await page.get_by_role("button", name="Add referral").click()
    for step in ("Contacted", "Screening", "Waitlisted"):
        await page.get_by_role("button", name=step, exact=True).click()
        await expect(page.locator("main .badge", has_text=step).first).to_be_visible()
    return re.sub(r"https?://[^/]+|\?.*", "", page.url)


async def freed(page: Page, *, days: int) -> None:
    """A time of a clinician is free again; its page is shown."""
    await page.goto("/waitlist/times/new")
    await page.get_by_label("Clinician").select_option(index=1)
    day = (datetime.now(ZONE) + timedelta(days=days)).date().isoformat()
    await page.get_by_label("Day").fill(day)
    await page.get_by_label("Begins").fill("14:20")
    await page.get_by_label("Format").select_option("in_person")
    await page.get_by_role("button", name="Add and see whom it suits").click()
    await expect(page.get_by_role("heading", name="Whom it suits")).to_be_visible()


async def test_freed_time_is_ranked_offered_passed_on_and_booked(stack: Stack, sign_in: SignIn):
    """Two urgent people are first; the first does not answer, the second takes it; both say so."""
    desk = await sign_in("workspace", "front@lmhg.test")
    await desk.set_viewport_size(PHONE)
    first = await waits(desk, "Ysolde Tarnquick")
    second = await waits(desk, "Zebedee Morlind")
    await freed(desk, days=9)
    labels = desk.locator("fieldset#people .check")
    await expect(labels.nth(0)).to_contain_text("Ysolde Tarnquick")
    await expect(labels.nth(0)).to_contain_text("Any clinician")
    for box in await desk.locator("fieldset#people input").all():
        await box.uncheck()
    for place in (0, 1):
        await labels.nth(place).locator("input").check()
    await desk.get_by_role("button", name="Offer to the checked people").click()
    slot = desk.url
    await expect(desk.get_by_text("Asked now")).to_be_visible()
    await desk.goto("/work?view=offers")
    row = desk.locator("[data-row]", has_text="Ysolde Tarnquick")
    await expect(row).to_contain_text("Offer a freed time")
    await row.get_by_role("button", name="No answer: next person").click()
    await expect(desk.get_by_text("The time passes on.")).to_be_visible()
    row = desk.locator("[data-row]", has_text="Zebedee Morlind")
    await row.get_by_role("button", name="Accepted").click()
    await expect(desk.get_by_text("The referral is booked.")).to_be_visible()
    await desk.goto(slot)
    await expect(desk.get_by_text("This time was filled by an offer.")).to_be_visible()
    await desk.goto(first)
    await expect(desk.locator("main .badge", has_text="Waitlisted").first).to_be_visible()
    await desk.goto(second)
    await expect(desk.locator("main .badge", has_text="Booked").first).to_be_visible()
    wide = await desk.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


async def test_time_that_is_filled_by_hand_has_the_person_told(stack: Stack, sign_in: SignIn):
    """The banner is on the time, the person on the work list, and one tap says that they know."""
    desk = await sign_in("workspace", "front@lmhg.test")
    await desk.set_viewport_size(PHONE)
    await waits(desk, "Xanthe Pellworth")
    await freed(desk, days=10)
    for box in await desk.locator("fieldset#people input").all():
        await box.uncheck()
    mine = desk.locator("fieldset#people .check", has_text="Xanthe Pellworth")
    await mine.locator("input").check()
    await desk.get_by_role("button", name="Offer to the checked people").click()
    await desk.get_by_role("button", name="Filled by hand").click()
    await expect(desk.get_by_text("This time was filled by hand.")).to_be_visible()
    await desk.goto("/work?view=offers")
    row = desk.locator("[data-row]", has_text="Xanthe Pellworth")
    await expect(row).to_contain_text("Tell them the time is taken")
    await row.get_by_role("button", name="Told").click()
    await expect(desk.get_by_text(re.compile("Noted for .+: they know"))).to_be_visible()
