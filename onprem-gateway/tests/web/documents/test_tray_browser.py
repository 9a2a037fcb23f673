"""A day's fax on a phone: it lies in the watched folder, is split, matched, filed, and starts a referral."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.tray.folder import Folder, Watch
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_quality.upload_lab import UploadLab, upload_lab
from lmhg_stack.chromium import chromium
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .trays import fax, texts_of  # noqa: TID252 - beside this file

PHONE = ViewportSize(width=390, height=844)
KNOWN, NEW = "Isidora Copperfield-Nye", "Barnaby Thistlewood"
LETTER = re.compile(r"/referrals/[\w-]{36}")
Work = Callable[[], Awaitable[None]]


@pytest.fixture(scope="module")
async def lab(
    onprem: PlaneDatabase,
    people: object,
    settings: WorkspaceSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[UploadLab]:
    """A workspace in a process of its own, with the store."""
    more = {
        "LMHG_S3_URL": settings.s3_url or "",
        "LMHG_S3_ACCESS_KEY": settings.s3_access_key,
        "LMHG_S3_SECRET_KEY_FILE": str(settings.s3_secret_key_file),
        "LMHG_S3_BUCKET": settings.s3_bucket,
    }
    async with upload_lab(onprem, tmp_path_factory.mktemp("lab"), more=more) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The watched folder."""
    path = tmp_path / "scans"
    path.mkdir()
    return Folder(path)


@pytest.fixture
def work(lab: UploadLab, worker_db: Database, store: ObjectStore, folder: Folder) -> Work:
    """What the worker does, until nothing is left."""
    spool, practice = Spool(lab.spool_folder), Practice("America/Kentucky/Louisville")
    watch = Watch(worker_db, folder, still_s=0)
    intake = Intake(worker_db, spool, store, practice, folder)
    filing = Filing(worker_db, spool, store)

    async def run() -> None:
        async with asyncio.timeout(60):
            while await watch.step() + await intake.check() + await filing.check():
                pass

    return run


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this machine."""
    async with chromium() as found:
        yield found


async def phone(browser: Browser, lab: UploadLab, *, script: bool) -> Page:
    """The front desk's phone."""
    context = await browser.new_context(
        base_url=lab.url, java_script_enabled=script, viewport=PHONE, has_touch=True
    )
    cookies = SimpleCookie(lab.headers["cookie"])
    await context.add_cookies(
        [{"name": each.key, "value": each.value, "url": lab.url} for each in cookies.values()]
    )
    return await context.new_page()


async def press(page: Page, name: str) -> None:
    """Press a button or follow a link of this name in the page's own part."""
    await page.locator("main").get_by_role("button", name=name, exact=True).first.click()


async def open_link(page: Page, name: str) -> None:
    """Follow a link of this name in the page's own part."""
    await page.locator("main").get_by_role("link", name=name, exact=True).first.click()


@pytest.mark.parametrize("script", [True, False])
async def test_fax_of_two_letters_is_split_filed_and_starts_a_referral(
    script: bool,  # noqa: FBT001 - a parameter of the test
    browser: Browser,
    lab: UploadLab,
    folder: Folder,
    work: Work,
) -> None:
    """With one thumb, with and without a script; nothing on the way is wider than the phone."""
    page = await phone(browser, lab, script=script)
    page.set_default_timeout(15_000)
    await page.goto("/clients/new")
    await page.fill("#legal_name", f"{KNOWN} {script}")
    await page.fill("#birth_date", "1988-08-08")
    await press(page, "Save")
    name = f"Fax {7 + script}"
    (folder.path / f"{name}.pdf").write_bytes(
        fax(f"Patient: {KNOWN} {script} DOB: 08/08/1988", "Page two", f"Patient: {NEW}")
    )
    await work()
    assert not list(folder.path.iterdir())
    await page.goto("/tray")
    await open_link(page, name)
    pictures = page.locator(".leaf img")
    await pictures.nth(0).evaluate("each => each.decode()")
    upright = await pictures.nth(0).evaluate("each => each.naturalWidth < each.naturalHeight")
    assert upright
    await press(page, "Turn")
    await page.get_by_text("Page turned.").wait_for()
    await pictures.nth(0).evaluate("each => each.decode()")
    assert await pictures.nth(0).evaluate("each => each.naturalWidth > each.naturalHeight")
    await press(page, "Undo")
    await page.get_by_text("Undone.").wait_for()
    await page.get_by_label("A new paper begins here").nth(1).check()
    await press(page, "Split")
    await expect(pictures).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await press(page, "Choose")
    await page.select_option("#label", "records")
    await press(page, "File paper")
    await page.wait_for_url(re.compile(r"/documents/[\w-]{36}"))
    await work()
    await page.goto("/tray")
    await open_link(page, f"{name} (part 2)")
    await page.locator("summary", has_text="Add as a new client").click()
    await page.fill("#birth_date", "1992-02-02" if script else "1993-03-03")
    await press(page, "Add client")
    await open_link(page, "Start a referral instead")
    await page.select_option("#source_category", "physician")
    await page.select_option("#concern_code", "anxiety")
    await page.select_option("#urgency", "routine")
    await page.select_option("#payer", "unknown")
    await press(page, "Start referral")
    await page.wait_for_url(LETTER)
    await work()
    await open_link(page, "Referral letter")
    async with page.expect_download() as given:
        await open_link(page, "Download")
    kept = Path(await (await given.value).path()).read_bytes()
    assert texts_of(kept) == [f"Patient: {NEW}"]


async def test_several_photos_of_a_phone_become_one_paper(
    browser: Browser, lab: UploadLab, work: Work
) -> None:
    """Chosen at once, sent one after another in pieces."""
    page = await phone(browser, lab, script=True)
    await page.goto("/tray/new")
    await page.get_by_label("These belong together").check()
    photos = [papers.picture("JPEG", size=(900, 600 + n)) for n in range(3)]
    await page.set_input_files(
        "#file",
        files=[
            {"name": f"card {n}.jpg", "mimeType": "image/jpeg", "buffer": each}
            for n, each in enumerate(photos)
        ],
    )
    await page.get_by_text("3 files").wait_for()
    await press(page, "Add papers")
    await page.wait_for_url(re.compile(r"/tray/[\w-]{36}"))
    await work()
    await page.reload()
    await expect(page.locator(".leaf img")).to_have_count(3)
