"""In a real Chromium: a security key (virtual authenticator) and an app, and every page's width."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import uvicorn
from playwright.async_api import Browser, Page
from pyotp.totp import TOTP

from lmhg_gateway.app import identity
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.persistence import Database
from lmhg_stack.chromium import chromium
from lmhg_stack.ports import free_ports

from .conftest import PASSWORD, NewPerson, Person  # noqa: TID252 - the fixtures of this folder

PHONE = 390


@pytest.fixture
async def address(settings: IdentitySettings, db: Database) -> AsyncIterator[str]:
    """The identity process on loopback, under a name: keys know no bare numbers."""
    port = free_ports(1)[0]
    url = f"http://localhost:{port}"
    edge = identity.build(msgspec.structs.replace(settings, public_url=url), db)
    config = uvicorn.Config(edge, host="127.0.0.1", port=port, lifespan="off", log_config=None)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    task = asyncio.create_task(server.main_loop())
    yield url
    server.should_exit = True
    await task
    await server.shutdown()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this machine."""
    async with chromium() as found:
        yield found


async def new_page(browser: Browser, address: str) -> Page:
    """A phone's page at the identity process."""
    context = await browser.new_context(base_url=address, viewport={"width": PHONE, "height": 844})
    return await context.new_page()


async def give_key(page: Page) -> None:
    """A key with a fingerprint reader, as the browser's own tests use it."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def sign_in(page: Page, person: Person) -> None:
    """The first step."""
    await page.goto("/sign-in")
    await page.fill("#email", person.email)
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")


async def check_width(page: Page) -> None:
    """Nothing is wider than the phone."""
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE, page.url


async def test_key_is_enrolled_and_opens(
    browser: Browser, address: str, new_person: NewPerson
) -> None:
    """Enrol, sign out, sign in with the key; the same page without its key gets no further."""
    person, page = await new_person(), await new_page(browser, address)
    await give_key(page)
    await sign_in(page, person)
    await page.wait_for_url("**/security")
    await page.goto("/enrol/key")
    await check_width(page)
    await page.fill("#name", "Blue key")
    await page.click("text=Use security key")
    await page.wait_for_url("**/security/codes")
    await page.click("text=Make ten new codes")
    assert await page.locator(".codes li").count() == 10
    await check_width(page)
    await page.goto("/security")
    assert "Blue key" in await page.inner_text("main")
    await check_width(page)
    await page.context.clear_cookies()
    await sign_in(page, person)
    await page.wait_for_url("**/second-factor")
    await check_width(page)
    await page.click("text=Use a security key")
    await page.wait_for_url("**/security")
    stranger = await new_page(browser, address)
    await sign_in(stranger, person)
    await stranger.wait_for_url("**/second-factor")
    await stranger.goto("/security")
    assert "Not allowed" in await stranger.inner_text("main")


async def test_app_is_enrolled_and_opens_without_javascript(
    browser: Browser, address: str, new_person: NewPerson
) -> None:
    """The picture is drawn, the secret is beside it, and no script is needed."""
    person = await new_person()
    context = await browser.new_context(
        base_url=address, viewport={"width": PHONE, "height": 844}, java_script_enabled=False
    )
    page = await context.new_page()
    await sign_in(page, person)
    await page.goto("/enrol")
    await begin_app(page)
    secret = (await page.inner_text(".secret")).replace(" ", "")
    await page.fill("#code", TOTP(secret).now())
    await page.click("text=Add app")
    await page.wait_for_url("**/security/codes")
    await page.goto("/enrol/key")
    assert "need JavaScript" in await page.inner_text("main")
    await context.clear_cookies()
    await sign_in(page, person)
    await page.wait_for_url("**/second-factor")
    await page.fill("#code", TOTP(secret).at(int(time.time()) + 30))
    await page.click("text=Continue")
    await page.wait_for_url("**/security")


async def begin_app(page: Page) -> None:
    """Begin with an app: its picture has been drawn."""
    await page.click("text=Set up an app")
    box = await page.locator("img.qr").bounding_box()
    assert box
    assert box["width"] > 100
