"""A real browser, and people who are signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, Page

from lmhg_stack.demo.screen import sign_in as enter
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

SignIn = Callable[[str, str], Awaitable[Page]]


@pytest_asyncio.fixture
async def sign_in(browser: Browser, stack: Stack) -> AsyncIterator[SignIn]:
    """Signs a demo person in; any error that a page reports fails the test."""
    complaints: list[str] = []
    contexts = []

    async def go(where: str, email: str) -> Page:
        context = await browser.new_context(base_url=stack.facts["addresses"][where])
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if line.type == "error" else None,
        )
        await enter(page, member(email))
        return page

    yield go
    for context in contexts:
        await context.close()
    assert complaints == []
