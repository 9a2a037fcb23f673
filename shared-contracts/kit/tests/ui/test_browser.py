"""Components in a real Chromium: by keyboard, and again without a script."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect

from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.around import SHELL
from lmhg_kit.http.edge import EdgePolicy
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import SessionLimits
from lmhg_kit.http.shell import Pages, Shell
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.testing import MemorySessions
from lmhg_kit.http.zones import Zones
from lmhg_kit.ui.environment import STATIC, build_environment, component_names
from lmhg_kit.ui.gallery import GALLERY
from lmhg_stack.chromium import chromium
from lmhg_stack.ports import free_ports

NAV = (
    NavItem(label="Gallery", path="/gallery", icon="home", permission="home.view"),
    NavItem(label="Notifications", path="/notifications", icon="bell", permission="home.view"),
)
NARROWEST = 360
HOME_VIEW = Permission(name="home.view", roles=frozenset({"staff"}))


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[tuple[str, str]]:
    """An application of the shell and the gallery on loopback: its address and a session's secret."""
    port = free_ports(1)[0]
    address = f"http://localhost:{port}"
    sessions = Sessions(MemorySessions(), limits=SessionLimits())
    statics = StaticFiles(STATIC)
    shell = Shell(title="Demo", plane="onprem", promise="Demo", nav=NAV, search=(), bell=())
    env = build_environment((), timezone="America/Kentucky/Louisville", static_url=statics.url)
    edge = build_app(
        AppParts(
            name="demo",
            policy=EdgePolicy(zones=Zones(None, ()), public_url=address, production=False),
            features=FeatureSet(
                (SHELL, GALLERY, Feature(name="roles", app="demo", permissions=(HOME_VIEW,))),
                app="demo",
            ),
            sessions=sessions,
            pages=Pages(env=env, shell=shell),
            statics=statics,
        )
    )
    token = await sessions.begin(
        "00000000-0000-4000-8000-000000000001",
        display_name="Ana Roy",
        roles=frozenset({"staff"}),
        replaces=None,
    )
    config = uvicorn.Config(edge, host="127.0.0.1", port=port, lifespan="off", log_config=None)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    task = asyncio.create_task(server.main_loop())
    yield address, token
    server.should_exit = True
    await task
    await server.shutdown()


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this machine."""
    async with chromium() as found:
        yield found


async def visitor(
    browser: Browser, site: tuple[str, str], *, script: bool = True
) -> BrowserContext:
    """A signed-in person with a narrow phone, with scripts or without."""
    address, token = site
    context = await browser.new_context(
        base_url=address,
        viewport={"width": NARROWEST, "height": 800},
        java_script_enabled=script,
        permissions=["clipboard-read", "clipboard-write"],
    )
    cookie = {"name": "lmhg_demo_session", "value": token, "url": address}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    return context


@pytest.fixture
async def page(browser: Browser, site: tuple[str, str]) -> AsyncIterator[Page]:
    """A page with scripts, which fails the test when one of them fails or the policy stops one."""
    context = await visitor(browser, site)
    found, trouble = await context.new_page(), list[str]()
    found.on("pageerror", lambda error: trouble.append(str(error)))
    found.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    yield found
    await context.close()
    assert trouble == []


@pytest.fixture
async def plain(browser: Browser, site: tuple[str, str]) -> AsyncIterator[Page]:
    """A page without scripts."""
    context = await visitor(browser, site, script=False)
    yield await context.new_page()
    await context.close()


async def test_palette_goes_anywhere_from_the_keyboard(page: Page) -> None:
    """A slash opens it, words narrow it down, arrows choose, Escape closes; Ctrl and K opens it too."""
    await page.goto("/gallery")
    await page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Search")
    await expect(box).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("notif")
    await expect(page.locator("dialog.palette [data-ways] li:visible")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/notifications")


async def htmx_is_there(page: Page) -> None:
    """Wait for the script that comes after the paint; the policy forbids the page to be polled by eval."""
    async with asyncio.timeout(10):
        while not await page.evaluate("Boolean(window.htmx)"):
            await page.evaluate("() => new Promise(requestAnimationFrame)")


async def test_palette_shows_what_the_server_finds(page: Page) -> None:
    """Enter asks the server; the answer is in the palette, and no address holds the text."""
    await page.goto("/notifications")
    await htmx_is_there(page)
    await page.keyboard.press("/")
    await page.keyboard.type("gall")
    await page.keyboard.press("Enter")
    hit = page.locator("#palette-found").get_by_role("link", name="Gallery")
    await expect(hit).to_be_visible()
    assert page.url.endswith("/notifications")


async def test_search_without_a_script_is_a_page(plain: Page) -> None:
    """The same button leads to a form that answers."""
    await plain.goto("/notifications")
    await plain.get_by_role("link", name="Search").click()
    await plain.get_by_label("What are you looking for?").fill("gall")
    await plain.get_by_role("main").get_by_role("button", name="Search").click()
    await expect(plain.get_by_role("main").get_by_role("link", name="Gallery")).to_be_visible()


async def test_dialog_takes_and_gives_back_the_focus(page: Page) -> None:
    """It opens on its first field, keeps the rest of the page still, and closes to where one was."""
    await page.goto("/gallery/dialog")
    danger = page.get_by_role("region", name="danger")
    await danger.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(danger.get_by_role("dialog", name="Take back this approval?")).to_be_visible()
    await expect(danger.get_by_label("Reason")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(danger.get_by_role("dialog")).to_be_hidden()
    await expect(danger.locator("summary")).to_be_focused()


async def test_dialog_without_a_script_folds_open(plain: Page) -> None:
    """Its form is there, and its close button, which could do nothing, is not."""
    await plain.goto("/gallery/dialog")
    danger = plain.get_by_role("region", name="danger")
    await danger.locator("summary").click()
    await expect(danger.get_by_label("Reason")).to_be_visible()
    await expect(danger.get_by_role("button", name="Take back")).to_be_visible()
    await expect(danger.get_by_role("button", name="Close")).to_be_hidden()


async def test_copy_puts_the_whole_on_the_clipboard_and_says_so(page: Page) -> None:
    """Also where only the beginning is shown."""
    await page.goto("/gallery/hash")
    button = page.get_by_role("button", name="Copy")
    whole = await button.get_attribute("data-copy")
    await button.click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == whole


async def test_combobox_is_worked_from_the_keyboard(page: Page) -> None:
    """Letters narrow, arrows mark, Enter takes, Escape leaves all as it was; the form sends the value."""
    await page.goto("/gallery/combobox")
    box = page.get_by_role("combobox", name="Clinician")
    await expect(box).to_have_value("Ben Ortiz")
    await box.fill("ana")
    await expect(page.get_by_role("option")).to_have_count(2)
    await box.press("Escape")
    await expect(box).to_have_value("Ben Ortiz")
    await box.fill("dan")
    await box.press("Enter")
    await expect(box).to_have_value("Dana Whitfield")
    assert await page.eval_on_selector("select[name=clinician]", "each => each.value") == "d"
    await box.press("ArrowDown")
    await box.press("ArrowUp")
    await box.press("Enter")
    await expect(box).to_have_value("Chidi Okafor")


async def test_combobox_without_a_script_is_a_select(plain: Page) -> None:
    """With the same label and the same choices."""
    await plain.goto("/gallery/combobox")
    choice = plain.get_by_role("combobox", name="Clinician")
    await choice.select_option("Chidi Okafor")
    await expect(choice).to_have_value("c")


async def test_toast_closes_and_its_undo_is_a_form(page: Page, plain: Page) -> None:
    """With a script it can be put away; without one there is nothing to press that would do nothing."""
    await page.goto("/gallery/toast")
    done = page.locator(".toast", has_text="Changes saved.")
    await done.get_by_role("button", name="Close").click()
    await expect(done).to_have_count(0)
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await plain.goto("/gallery/toast")
    await expect(plain.get_by_role("button", name="Close").first).to_be_hidden()
    await expect(plain.get_by_role("button", name="Undo")).to_be_visible()


async def test_menu_closes_when_one_goes_on(page: Page) -> None:
    """The sheet with one's name is no trap: the next focus outside closes it."""
    await page.goto("/notifications")
    await page.locator("details.person > summary").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    await page.locator("main").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


async def test_first_tab_skips_to_the_content(page: Page) -> None:
    """The first stop of the keyboard is the way around the navigation."""
    await page.goto("/gallery")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def is_too_wide(page: Page) -> bool:
    """Whether a page has to be pushed sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


SMALL = """() => [...document.querySelectorAll(
    'main .button, main input:not([type=checkbox], [type=radio], [type=hidden]), main select,'
    + ' main .tabs a, main .chips a, main .check, main .sidenav a, .bottomnav > a')]
    .filter(each => each.offsetParent && each.offsetHeight < 44)
    .map(each => each.outerHTML.slice(0, 80))"""
PLANT = """([name, value]) => document.querySelector('main').insertAdjacentElement('afterbegin',
    Object.assign(document.createElement(name), value))"""


async def test_every_component_fits_the_narrowest_phone(page: Page) -> None:
    """Nothing is wider than 360 pixels, and no script or policy complains."""
    wide: list[str] = []
    for name in component_names():
        await page.goto(f"/gallery/{name}")
        assert await page.evaluate("innerWidth") == NARROWEST
        if await is_too_wide(page):
            wide.append(name)
    assert wide == []


async def test_something_too_wide_is_seen(page: Page) -> None:
    """A picture of four hundred pixels, in a place where one would stand."""
    await page.goto("/gallery/badge")
    assert not await is_too_wide(page)
    await page.evaluate(PLANT, ["canvas", {"width": 400, "height": 10}])
    assert await is_too_wide(page)


async def test_buttons_and_fields_can_be_hit_with_a_thumb(page: Page) -> None:
    """Forty-four pixels, wherever one presses to do something."""
    small: list[str] = []
    for name in (
        "button",
        "field",
        "checkbox",
        "radios",
        "pagination",
        "tabs",
        "chips",
        "toast",
        "nav",
    ):
        await page.goto(f"/gallery/{name}")
        small += await page.evaluate(SMALL)
    assert small == []


async def test_something_too_small_is_seen(page: Page) -> None:
    """A bare field, which is some twenty pixels high."""
    await page.goto("/gallery/badge")
    assert await page.evaluate(SMALL) == []
    await page.evaluate(PLANT, ["input", {"type": "text", "name": "planted"}])
    assert ["planted" in each for each in await page.evaluate(SMALL)] == [True]


async def test_first_page_travels_light(page: Page) -> None:
    """Ten requests, sixty kilobytes, twenty-five of script, with an empty cache."""
    sizes: dict[str, int] = {}
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    urls: dict[str, str] = {}
    client.on(
        "Network.responseReceived",
        lambda told: urls.update({told["requestId"]: told["response"]["url"]}),
    )
    client.on(
        "Network.loadingFinished",
        lambda told: sizes.update(
            {urls.get(told["requestId"], "?"): int(told["encodedDataLength"])}
        ),
    )
    await page.goto("/notifications")
    await page.wait_for_load_state("networkidle")
    assert len(sizes) <= 10, sizes
    assert sum(sizes.values()) <= 60 * 1024, sizes
    assert sum(size for url, size in sizes.items() if url.endswith(".js")) <= 25 * 1024, sizes
