"""A Chromium driven by Playwright: the machine's own, or the one that npm brought (infra/browser)."""

import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Page, async_playwright

from lmhg_stack.repository import INFRA

NAMES = ("chromium", "chromium-browser", "google-chrome")
UNPACKED = INFRA / "browser/node_modules/.unpacked"
"""Where infra/browser/install.sh unpacks what npm brought: the program, its libraries, a font."""
MISSING = "no Chromium on this machine; `make browser` brings one"
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


def executable() -> str:
    """Where the browser is. Raises: FileNotFoundError with the command that brings one."""
    ours = UNPACKED / "chromium"
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None and not ours.exists():
        raise FileNotFoundError(MISSING)
    return found or str(ours)


def environment() -> dict[str, str]:
    """What the browser's process must see: npm's brings the libraries that a bare machine lacks."""
    if executable() != str(UNPACKED / "chromium"):
        return dict(os.environ)
    return {
        **os.environ,
        "LD_LIBRARY_PATH": str(UNPACKED / "lib"),
        "FONTCONFIG_PATH": str(UNPACKED),
    }


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser. Raises: FileNotFoundError when there is none."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=list(FLAGS), env={**environment()}
        )
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


def main() -> int:
    """Say whether there is a browser: the exit status of `python -m lmhg_stack.chromium`."""
    try:
        executable()
    except FileNotFoundError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
