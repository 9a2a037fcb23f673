"""The machine's own Chromium, driven by Playwright: no browser is downloaded."""

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
TALLEST = 16_000
"""The most pixels of a page that a window is drawn out to."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """Where Chromium is on this machine, if anywhere."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser. Raises: FileNotFoundError when the machine has none."""
    path = executable()
    if path is None:
        raise FileNotFoundError(NAMES[0])
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


async def draw_out(page: Page, *, width: int, height: int = 844) -> None:
    """A window as tall as its page: what a browser lays out only in sight is all in sight."""
    await page.set_viewport_size({"width": width, "height": height})
    for _ in range(2):  # the first look lays out what was estimated before
        tall = int(await page.evaluate("document.documentElement.scrollHeight"))
        reach = min(max(height, tall), TALLEST)
        await page.set_viewport_size({"width": width, "height": reach})
