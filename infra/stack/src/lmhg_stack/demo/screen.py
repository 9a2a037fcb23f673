"""A demo person at a real browser: the way in, with a second factor where there is one."""

import asyncio

from playwright.async_api import Page

from lmhg_stack.demo.authenticator import next_code
from lmhg_stack.people import Member


async def sign_in(page: Page, person: Member) -> None:
    """From a page of ours to the identity process and back."""
    await page.goto("/sign-in")
    await enter_password(page, person.email, person.password)
    if person.totp_secret:
        await enter_code(page, person.totp_secret)
    await pass_reminder(page)
    await page.wait_for_url(lambda url: "sign-in" not in url and "session/start" not in url)


async def enter_password(page: Page, email: str, password: str) -> None:
    """The form of the identity process."""
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def enter_code(page: Page, secret: str) -> None:
    """The second step, with a code that was not used yet."""
    code = await asyncio.to_thread(next_code, secret)
    await page.get_by_label("Code from your app").fill(code)
    await page.get_by_role("button", name="Continue").click()


async def pass_reminder(page: Page) -> None:
    """Put off the second factor, where the page offers it."""
    if page.url.partition("?")[0].endswith("/reminder"):
        await page.get_by_role("link", name="Later").click()
