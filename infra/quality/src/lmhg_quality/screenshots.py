"""Every page, at a phone's and a desk's width, light and dark, into screenshots/.

`make screenshots`; the pictures are for looking at and stay out of the repository.
"""

import asyncio
import sys

from playwright.async_api import Browser

from lmhg_kit.ui.environment import component_names
from lmhg_quality.visits import PARAMETER, VISITS, Visit, addresses, prepare
from lmhg_stack.chromium import chromium, draw_out
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.repository import ROOT
from lmhg_stack.stack import Stack

OUT = ROOT / "screenshots"
GALLERY = tuple(f"/gallery/{name}" for name in component_names())
PICTURES = (
    *VISITS,
    Visit("portal", "front@lmhg.test", ("/gallery", *GALLERY)),
    Visit("workspace", "front@lmhg.test", GALLERY),
)
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
KNOWN: dict[str, dict[str, str]] = {}
"""Records that the pages of one kind are shown by, found once."""


async def take(browser: Browser, stack: Stack, visit: Visit, *, width: int, scheme: str) -> None:
    """All pages of one visit, in one width and one scheme."""
    context = await browser.new_context(
        base_url=stack.facts["addresses"][visit.where],
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.screenshot(path=OUT / f"{visit.where}-sign-in-{width}-{scheme}.png")
    await sign_in(page, member(visit.email))
    async for path, address in addresses(page, visit.paths, KNOWN.setdefault(visit.where, {})):
        await page.goto(address)
        await draw_out(page, width=width)
        name = PARAMETER.sub("one", path).strip("/").replace("/", "-") or "home"
        file = OUT / f"{visit.where}-{name}-{width}-{scheme}.png"
        await page.screenshot(path=file)
    await context.close()


async def main() -> int:
    """Take them all from the running stack."""
    stack = Stack.at()
    if not stack.is_up():
        print("the stack is down; `make up` first", file=sys.stderr)
        return 1
    KNOWN["workspace"] = await asyncio.to_thread(prepare, stack)
    async with chromium() as browser:
        for width in WIDTHS:
            for scheme in SCHEMES:
                for visit in PICTURES:
                    await take(browser, stack, visit, width=width, scheme=scheme)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.name}/")
    return 0


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    sys.exit(asyncio.run(main()))
