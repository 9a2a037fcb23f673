"""The README's four pictures, from the running stack: small, WebP, in docs/pictures/.

`make screenshots` takes them after all others. Everyone in them is invented.
"""

import asyncio
import base64
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page

from lmhg_stack.chromium import chromium
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.repository import ROOT
from lmhg_stack.stack import Stack

OUT = ROOT / "docs/pictures"
WIDTH, HEIGHT = 1120, 700
QUALITY = 70
LARGEST_BYTES = 60_000


@dataclass(frozen=True)
class Picture:
    """A page as someone sees it, and the file's name."""

    name: str
    where: str
    email: str
    path: str


PICTURES = (
    Picture("workspace-home", "workspace", "front@lmhg.test", "/"),
    Picture("workspace-referrals", "workspace", "front@lmhg.test", "/referrals"),
    Picture("portal-calendar", "portal", "it@lmhg.test", "/calendar"),
    Picture("workspace-ledger", "workspace", "compliance@lmhg.test", "/compliance/ledger"),
)


async def webp(page: Page) -> bytes:
    """What the window shows, as a small WebP. Raises: ValueError when the file would not be small."""
    devtools = await page.context.new_cdp_session(page)  # Playwright itself writes no WebP
    shot = await devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    content = base64.b64decode(shot["data"])
    if len(content) > LARGEST_BYTES:
        message = f"the picture of {page.url} would have {len(content)} bytes"
        raise ValueError(message)
    return content


async def take(browser: Browser, stack: Stack, picture: Picture) -> Path:
    """One page in one file. Raises: ValueError when the file would not be small."""
    context = await browser.new_context(
        base_url=stack.facts["addresses"][picture.where],
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="light",
    )
    page = await context.new_page()
    await sign_in(page, member(picture.email))
    await page.goto(picture.path)
    content = await webp(page)
    await context.close()
    file = OUT / f"{picture.name}.webp"
    file.write_bytes(content)
    return file


async def main() -> int:
    """Take the four."""
    stack = Stack.at()
    if not stack.is_up():
        print("the stack is down; `make up` first", file=sys.stderr)
        return 1
    OUT.mkdir(exist_ok=True)
    async with chromium() as browser:
        for picture in PICTURES:
            file = await take(browser, stack, picture)
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
