"""In a real browser: forms that come back with their text, Back without a question, steps undone."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from lmhg_stack.demo.screen import enter_password, pass_reminder
from lmhg_stack.demo.screen import sign_in as enter
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

Open = Callable[..., Awaitable[Page]]
FRONT = "front@lmhg.test"
pytestmark = pytest.mark.timeout(180)


REFUSED = "the server responded with a status of 4"
"""What a browser notes of an answer that these tests ask for; anything else is a fault of the page."""


@pytest_asyncio.fixture
async def opened(browser: Browser, stack: Stack) -> AsyncIterator[Open]:
    """Signs someone in, with or without scripts; what a page reports as wrong fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def record(line: ConsoleMessage) -> None:
        if line.type == "error" and REFUSED not in line.text:
            complaints.append(line.text)

    async def go(where: str, email: str, *, script: bool = True) -> Page:
        address = stack.facts["addresses"][where]
        contexts.append(await browser.new_context(base_url=address, java_script_enabled=script))
        page = await contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", record)
        await enter(page, member(email))
        return page

    yield go
    for context in contexts:
        await context.close()
    assert complaints == []


async def lose_session(page: Page, *names: str) -> None:
    """The sessions of these applications are gone while a page is open."""
    for name in names:
        await page.context.clear_cookies(name=f"lmhg_{name}_session")


async def fill_client(page: Page) -> None:
    """Much typing."""
    await page.goto("/clients/new")
    await page.get_by_label("Legal name").fill("Ottokar Vellum")
    await page.get_by_label("Pronouns").fill("he/him")
    await page.get_by_label("Letters by mail").select_option("1")


async def come_back(page: Page, email: str) -> None:
    """Follow the page's way through sign-in."""
    await page.get_by_role("link", name="Sign in", exact=True).click()
    if await page.get_by_label("Password").count():
        await enter_password(page, email, member(email).password)
        await pass_reminder(page)


async def test_lost_session_is_no_dead_button(stack: Stack, opened: Open) -> None:
    """The form says what happened, leads through sign-in, and is there again with its text."""
    page = await opened("workspace", FRONT)
    await fill_client(page)
    await lose_session(page, "workspace", "identity")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()
    await come_back(page, FRONT)
    await expect(page.get_by_label("Legal name")).to_have_value("Ottokar Vellum")
    await expect(page.get_by_label("Letters by mail")).to_have_value("1")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Ottokar Vellum")).to_be_visible()


async def test_lost_session_without_a_script(stack: Stack, opened: Open) -> None:
    """The same by links and pages alone."""
    page = await opened("workspace", FRONT, script=False)
    await fill_client(page)
    await lose_session(page, "workspace", "identity")
    await page.get_by_role("button", name="Save").click()
    await come_back(page, FRONT)
    await expect(page.get_by_label("Legal name")).to_have_value("Ottokar Vellum")


async def test_lost_session_on_the_portal(stack: Stack, opened: Open) -> None:
    """The portal's issuer is another origin: no form is redirected there, a link leads to it."""
    page = await opened("portal", FRONT)
    await page.goto("/tickets/new")
    await page.get_by_label("What is it about?").fill("A wobbly desk")
    await page.get_by_label("What happened").fill("It leans to the left since Monday.")
    await page.get_by_label("Category").select_option("building")
    await page.get_by_label("Urgency").select_option("low")
    await lose_session(page, "portal")
    await page.get_by_role("button", name="Send ticket").click()
    await expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()
    await come_back(page, FRONT)
    await expect(page.get_by_label("What happened")).to_have_value(
        "It leans to the left since Monday."
    )
    await expect(page.get_by_label("Category")).to_have_value("building")
    await page.get_by_role("button", name="Send ticket").click()
    await expect(page.get_by_role("heading", name="A wobbly desk")).to_be_visible()


async def test_back_never_asks_to_send_a_form_again(stack: Stack, opened: Open) -> None:
    """From a form that was mended, and from what a search found."""
    page = await opened("workspace", FRONT)
    await page.goto("/clients/new")
    await page.get_by_label("Legal name").fill("Hester Quill")
    await page.get_by_label("Birth date").fill("2090-01-01")
    await page.get_by_role("button", name="Save").click()
    summary = page.locator("#errors")
    await expect(summary).to_be_focused()
    await expect(summary).to_contain_text("Birth date:")
    await expect(page.get_by_label("Legal name")).to_have_value("Hester Quill")
    await page.get_by_label("Birth date").fill("1969-10-08")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Hester Quill")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="New client")).to_be_visible()

    await page.goto("/search")
    await page.locator("main input[name=q]").fill("hester")
    await page.locator("main").get_by_role("button", name="Search").click()
    await page.locator("main").get_by_role("link", name="Hester Quill").first.click()
    await expect(page.get_by_role("heading", name="Hester Quill")).to_be_visible()
    await page.go_back()
    await expect(
        page.locator("main").get_by_role("link", name="Hester Quill").first
    ).to_be_visible()


async def test_step_is_undone_by_its_notice(stack: Stack, opened: Open) -> None:
    """One tap too many is taken back by the next."""
    page = await opened("workspace", FRONT)
    await page.goto("/clients/new")
    await page.get_by_label("Legal name").fill("Barnaby Thrush")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="New referral").click()
    for label, value in (
        ("How it arrived", "phone"),
        ("Referred by", "self"),
        ("Concern", "grief"),
        ("Urgency", "soon"),
    ):
        await page.get_by_label(label, exact=True).select_option(value)
    await page.get_by_role("button", name="Add referral").click()
    await page.locator("form[action$='/move'] button[value=contacted]").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Undone for")).to_be_visible()
    await expect(page.locator("form[action$='/move'] button[value=contacted]")).to_be_visible()


async def test_long_words_and_addresses_stay_on_a_phone(stack: Stack, opened: Open) -> None:
    """Nothing is wider than the screen; what has the focus is above the bottom bar."""
    page = await opened("portal", FRONT)
    await page.set_viewport_size({"width": 390, "height": 844})
    address = "https://example.test/" + "a-very-long-way-to-say-it/" * 12
    await page.goto("/tickets/new")
    await page.get_by_label("What is it about?").fill("X" * 160)
    await page.get_by_label("What happened").fill(f"See {address}")
    await page.get_by_label("Category").select_option("computer")
    await page.get_by_label("Urgency").select_option("low")
    await page.get_by_role("button", name="Send ticket").click()
    await expect(page.get_by_text(address)).to_be_visible()
    wide = "document.documentElement.scrollWidth"
    assert await page.evaluate(wide) <= 390
    await page.goto("/tickets")
    assert await page.evaluate(wide) <= 390
    await page.goto("/tickets/new")
    for _ in range(12):
        await page.keyboard.press("Tab")
        hidden = await page.evaluate(
            "() => { const bar = document.querySelector('.bottomnav').getBoundingClientRect();"
            " const at = document.activeElement; const box = at.getBoundingClientRect();"
            " return !at.closest('.bottomnav') && box.top >= bar.top; }"
        )
        assert not hidden


async def test_rows_of_a_phone_are_two_lines(stack: Stack, opened: Open) -> None:
    """At least four people of a list stand on one screen of a phone."""
    page = await opened("workspace", FRONT)
    await page.set_viewport_size({"width": 390, "height": 844})
    names = ("Alder Pym", "Birch Hale", "Cedar Lunt", "Dogwood Orme", "Elm Tarrant")
    for number, name in enumerate(names):
        await page.goto("/clients/new")
        await page.get_by_label("Legal name").fill(name)
        await page.get_by_label("Mobile").fill(f"502 555 01{number}2")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await page.goto("/clients")
    heights = await page.locator(".table.rows tbody tr").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().height)"
    )
    assert len(heights) >= 5
    assert max(heights[:5]) <= 84
