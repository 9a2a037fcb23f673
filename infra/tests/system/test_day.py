"""One person's way on a phone: from the intake form to the visit, and what the portal may know of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from lmhg_kit.ui.spans import clock_of
from lmhg_stack.stack import Stack

SignIn = Callable[[str, str], Awaitable[Page]]
PHONE: ViewportSize = {"width": 390, "height": 844}
ZONE = ZoneInfo("America/New_York")
SHOWN_MS = 30_000
pytestmark = pytest.mark.timeout(240)


def name_of(stack: Stack, number: int) -> str:
    """What IntakeQ calls a client."""
    address = stack.facts["addresses"]["intakeq"]
    known = httpx.get(f"{address}/_sim/objects/client", timeout=20).raise_for_status().json()
    return next(each["Name"] for each in known if each["ClientId"] == number)


def simulator(stack: Stack, act: str, **order: object) -> dict[str, int]:
    """Something that happens at IntakeQ."""
    address = stack.facts["addresses"]["intakeq"]
    answer = httpx.post(f"{address}/_sim/{act}", json=order, timeout=20)
    return answer.raise_for_status().json()


async def shown(page: Page, path: str, found: Locator) -> None:
    """Ask for a page until it shows something."""
    for _ in range(SHOWN_MS // 500):
        await page.goto(path)
        if await found.count():
            return
        await page.wait_for_timeout(500)
    await expect(found.first).to_be_visible(timeout=1)


async def pressed(page: Page, name: str, label: str, *, path: str = "/work") -> None:
    """Press a button in the row of one person."""
    await page.goto(path)
    row = page.locator("[data-row]", has_text=name).first
    async with page.expect_navigation():
        await row.get_by_role("button", name=label).click()


async def on_the_work_list(stack: Stack, page: Page) -> tuple[str, int]:
    """Someone new sends an intake form and is on the work list; their name and number in IntakeQ."""
    number = simulator(stack, "intakes", risk=0)["client_id"]
    name = name_of(stack, number)
    await shown(page, "/work", page.locator("[data-row]", has_text=name))
    return name, number


async def test_day_from_intake_to_visit(stack: Stack, sign_in: SignIn):
    """Two tries, screening, waitlist, a freed time, accepted, booked, on the board; the portal sees a block."""
    desk = await sign_in("workspace", "front@lmhg.test")
    await desk.set_viewport_size(PHONE)
    name, number = await on_the_work_list(stack, desk)
    for label in ("No answer", "Reached", "Start screening", "To the waitlist"):
        await pressed(desk, name, label)
    await desk.goto("/waitlist/times/new")
    await desk.get_by_label("Clinician").select_option(index=1)
    day = (datetime.now(ZONE) + timedelta(days=15)).date().isoformat()
    await desk.get_by_label("Day").fill(day)
    await desk.get_by_label("Begins").fill("11:10")
    await desk.get_by_label("Format").select_option("in_person")
    await desk.get_by_role("button", name="Add and see whom it suits").click()
    for box in await desk.locator("fieldset#people input").all():
        await box.uncheck()
    await desk.locator("fieldset#people .check", has_text=name).locator("input").check()
    await desk.get_by_role("button", name="Offer to the checked people").click()
    await pressed(desk, name, "Accepted", path="/work?view=offers")
    await expect(desk.get_by_text("The referral is booked.")).to_be_visible()

    starts = (datetime.now(ZONE) + timedelta(minutes=40)).replace(second=0, microsecond=0)
    simulator(stack, "appointments", client_id=number, copies=1, start=starts.isoformat())
    board = f"/appointments/board?day={starts.date().isoformat()}"
    row = desk.locator("[data-row]", has_text=name)
    await shown(desk, board, row)
    for label in ("Arrived", "In session", "Done"):
        await pressed(desk, name, label, path=board)
        await expect(row.locator(".badge", has_text=label)).to_be_visible()
    assert await desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    portal = await sign_in("portal", "it@lmhg.test")
    time = clock_of(starts).split(" ")[0]
    block = portal.locator(".blockrow", has_text=time)
    await shown(portal, f"/calendar?day={starts.date().isoformat()}", block)
    assert name not in await portal.content()
