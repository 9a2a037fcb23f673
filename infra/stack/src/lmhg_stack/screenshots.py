"""Every page, at a phone's and a desk's width, light and dark, into screenshots/.

`make screenshots`; the pictures are for looking at and stay out of the repository.
"""

import asyncio
import sys
from dataclasses import dataclass

from playwright.async_api import Browser

from lmhg_kit.ui.environment import component_names
from lmhg_stack.chromium import chromium
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.repository import ROOT
from lmhg_stack.stack import Stack

OUT = ROOT / "screenshots"
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")


@dataclass(frozen=True)
class Visit:
    """Who looks at which pages where."""

    where: str
    email: str
    paths: tuple[str, ...]


GALLERY = tuple(f"/gallery/{name}" for name in component_names())
VISITS = (
    Visit("workspace", "front@lmhg.test", (
        "/", "/clients", "/clients/new", "/referrals", "/appointments", "/announcements",
        "/announcements/new", "/search", "/notifications",
    )),
    Visit("workspace", "compliance@lmhg.test", (
        "/compliance", "/compliance/ledger", "/compliance/held", "/compliance/exemptions",
        "/compliance/incidents", "/kept-texts",
    )),
    Visit("workspace", "admin@lmhg.test", (
        "/people", "/people/new", "/break-glass", "/network", "/oauth-clients", f"/people/{member('it@lmhg.test').id}",
        f"/people/{member('it@lmhg.test').id}/offboard",
    )),
    Visit("identity", "front@lmhg.test", ("/security", "/enrol", "/forgot")),
    Visit("portal", "it@lmhg.test", (
        "/", "/tickets", "/tickets/new", "/calendar", "/announcements", "/account", "/search", "/notifications",
    )),
    Visit("portal", "front@lmhg.test", ("/gallery", *GALLERY)),
    Visit("workspace", "front@lmhg.test", GALLERY),
)  # fmt: skip


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
    for path in visit.paths:
        await page.goto(path)
        name = path.strip("/").replace("/", "-") or "home"
        file = OUT / f"{visit.where}-{name}-{width}-{scheme}.png"
        await page.screenshot(path=file, full_page=True)
    await context.close()


async def main() -> int:
    """Take them all from the running stack."""
    stack = Stack.at()
    if not stack.is_up():
        print("the stack is down; `make up` first", file=sys.stderr)
        return 1
    async with chromium() as browser:
        for width in WIDTHS:
            for scheme in SCHEMES:
                for visit in VISITS:
                    await take(browser, stack, visit, width=width, scheme=scheme)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.name}/")
    return 0


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    sys.exit(asyncio.run(main()))
