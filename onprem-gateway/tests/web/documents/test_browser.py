"""In a real Chromium: a connection that breaks, a server that dies, a file that is too large, and no script at all."""

import re
import uuid
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route

from lmhg_quality.upload_lab import UploadLab, upload_lab
from lmhg_stack.chromium import chromium
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file

MOST_MB = 12
LARGE = papers.pdf("An invented letter") + b"%" + b"x" * 9_000_000 + b"\n%%EOF\n"


@pytest.fixture
async def lab(onprem: PlaneDatabase, client: uuid.UUID, tmp_path: Path) -> AsyncIterator[UploadLab]:
    """A workspace in a process of its own."""
    async with upload_lab(onprem, tmp_path, most_mb=MOST_MB) as made:
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this machine."""
    async with chromium() as found:
        yield found


async def form(browser: Browser, lab: UploadLab, client: uuid.UUID, *, script: bool = True) -> Page:
    """The form for a document, filled in but for its file."""
    context = await browser.new_context(base_url=lab.url, java_script_enabled=script)
    cookies = SimpleCookie(lab.headers["cookie"])
    await context.add_cookies(
        [{"name": each.key, "value": each.value, "url": lab.url} for each in cookies.values()]
    )
    page = await context.new_page()
    await page.goto(f"/clients/{client}/documents/new")
    await page.fill("#name", "Scan of records")
    await page.select_option("#label", "records")
    return page


async def choose(page: Page, data: bytes) -> None:
    """Choose a file."""
    await page.set_input_files(
        "#file", files=[{"name": "records.pdf", "mimeType": "application/pdf", "buffer": data}]
    )


async def send(page: Page) -> None:
    """Press the button."""
    await page.get_by_role("button", name="Add document").click()


async def kept(onprem: PlaneDatabase, lab: UploadLab) -> bytes:
    """The bytes of the newest document's file, as they wait for the worker."""
    [row] = await onprem.run(
        "select upload_id from practice.document_version order by created_at desc limit 1"
    )
    return await lab.held(str(row["upload_id"]))


async def test_upload_outlives_a_broken_connection_and_a_dead_server(
    browser: Browser, lab: UploadLab, client: uuid.UUID, onprem: PlaneDatabase
) -> None:
    """The page goes on by itself, from where it was; the file is the one that was chosen."""
    page = await form(browser, lab, client)
    offsets: list[int] = []

    async def broken(route: Route) -> None:
        if route.request.method != "PATCH":
            return await route.continue_()
        offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 2:
            await lab.kill()
            return await route.abort("connectionreset")
        return await route.continue_()

    await page.route("**/api/v1/uploads/*", broken)
    await choose(page, LARGE)
    await send(page)
    await page.wait_for_url(re.compile(r"/documents/[\w-]{36}"))
    assert await page.get_by_text("Version 1", exact=False).count()
    assert offsets[1] == offsets[2] > 0
    assert len(offsets) == 4
    assert await kept(onprem, lab) == LARGE


async def test_page_says_the_limit_before_it_sends(
    browser: Browser, lab: UploadLab, client: uuid.UUID
) -> None:
    """Nothing is sent, and the form is still there."""
    page = await form(browser, lab, client)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    await choose(page, bytes(MOST_MB * 2**20 + 1))
    await send(page)
    await page.get_by_text(f"The limit is {MOST_MB} MB").wait_for()
    assert "POST" not in asked
    assert await page.input_value("#name") == "Scan of records"


async def test_photo_is_made_smaller_before_it_is_sent(
    browser: Browser, lab: UploadLab, client: uuid.UUID, onprem: PlaneDatabase
) -> None:
    """Its points are enough for a page, and what it carried stays on the phone."""
    page = await form(browser, lab, client)
    photo = papers.picture("JPEG", size=(4000, 3000))
    assert papers.HIDDEN in photo
    capture = page.locator("input[capture=environment]")
    await capture.set_input_files(
        files=[{"name": "card.jpg", "mimeType": "image/jpeg", "buffer": photo}]
    )
    await send(page)
    await page.wait_for_url(re.compile(r"/documents/[\w-]{36}"))
    sent = await kept(onprem, lab)
    assert len(sent) < len(photo)
    assert papers.HIDDEN not in sent
    assert max(papers.size_of(sent)) == 2600


async def test_form_works_without_a_script(
    browser: Browser, lab: UploadLab, client: uuid.UUID, onprem: PlaneDatabase
) -> None:
    """The same file in one piece."""
    page = await form(browser, lab, client, script=False)
    await choose(page, LARGE)
    await send(page)
    await page.wait_for_url(re.compile(r"/documents/[\w-]{36}"))
    assert await kept(onprem, lab) == LARGE
