"""Ten pages as a phone shows them, small, in docs/reference/pictures/: `before` and `after` a change of look.

`make screenshots` writes the "after"; `python -m lmhg_quality.phone_pictures before` on a running stack of
an older checkout wrote the others. Everyone in them is invented.
"""

import asyncio
import sys
from dataclasses import dataclass

from playwright.async_api import Browser

from lmhg_quality.readme_pictures import webp
from lmhg_quality.visits import addresses, prepare
from lmhg_stack.chromium import chromium, draw_out
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.repository import ROOT
from lmhg_stack.stack import Stack

OUT = ROOT / "docs/reference/pictures"
WIDTH, HEIGHT = 390, 844


@dataclass(frozen=True)
class Page:
    """Whose page where, and what its picture is called."""

    name: str
    where: str
    email: str
    path: str


PAGES = (
    Page("home", "workspace", "front@lmhg.test", "/"),
    Page("clients", "workspace", "front@lmhg.test", "/clients"),
    Page("client", "workspace", "front@lmhg.test", "/clients/{client_id:uuid}"),
    Page("referrals", "workspace", "front@lmhg.test", "/referrals"),
    Page("appointments", "workspace", "front@lmhg.test", "/appointments"),
    Page("compliance", "workspace", "compliance@lmhg.test", "/compliance"),
    Page("ledger", "workspace", "compliance@lmhg.test", "/compliance/ledger"),
    Page("portal-home", "portal", "it@lmhg.test", "/"),
    Page("portal-tickets", "portal", "it@lmhg.test", "/tickets"),
    Page("portal-calendar", "portal", "it@lmhg.test", "/calendar"),
)


async def take(
    browser: Browser, stack: Stack, shown: Page, *, when: str, known: dict[str, str]
) -> int:
    """One page in one file; the file's size in bytes."""
    context = await browser.new_context(
        base_url=stack.facts["addresses"][shown.where],
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="light",
    )
    page = await context.new_page()
    await sign_in(page, member(shown.email))
    async for _, address in addresses(page, (shown.path,), known):
        await page.goto(address)
    await draw_out(page, width=WIDTH)
    await page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    content = await webp(page)
    await context.close()
    (OUT / f"{when}-{shown.name}.webp").write_bytes(content)
    return len(content)


async def main(when: str) -> int:
    """Take the ten."""
    stack = Stack.at()
    if not stack.is_up():
        print("the stack is down; `make up` first", file=sys.stderr)
        return 1
    OUT.mkdir(exist_ok=True)
    known = await asyncio.to_thread(prepare, stack)
    async with chromium() as browser:
        for shown in PAGES:
            size = await take(browser, stack, shown, when=when, known=known)
            print(f"{when}-{shown.name}: {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "after")))
