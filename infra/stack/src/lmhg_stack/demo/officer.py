"""The officer's four questions, answered at a real browser, by clicks and seconds.

`python -m lmhg_stack.demo.officer` asks them of the running stack and prints a table; a system
test asks the same and holds the answers to their bounds.
"""

import asyncio
import subprocess
import sys
import time
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.async_api import Browser, Locator, Page, expect

from lmhg_stack.chromium import chromium
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.people import member
from lmhg_stack.process import script
from lmhg_stack.stack import Stack

AUTHOR, OFFICER = "front@lmhg.test", "compliance@lmhg.test"
REFUSED_TEXT = "The spare key is under 219-09-9999."
"""A text with the shape of a social security number: screening holds it. The number was never given out."""
LOOKS = 40
LOOK_MS = 500


@dataclass
class Hand:
    """A person at a page: each click and each text that is typed or pasted counts as one act."""

    page: Page
    acts: int = 0

    async def click(self, what: Locator) -> None:
        """One click."""
        self.acts += 1
        await what.click()

    async def put(self, what: Locator, text: str) -> None:
        """One text, typed or pasted."""
        self.acts += 1
        await what.fill(text)


@dataclass(frozen=True)
class Answered:
    """One question with what its answer cost."""

    question: str
    acts: int
    seconds: float


async def announce_refused(author: Page, approver: Page) -> str:
    """An announcement that was approved and that screening holds; the record's id."""
    await author.goto("/announcements/new")
    await author.get_by_role("textbox", name="Title").fill("Where the key is")
    await author.get_by_role("textbox", name="Text").fill(REFUSED_TEXT)
    await author.get_by_role("button", name="Save").click()
    await author.get_by_label("Why share it?").fill("everybody has to know")
    await author.get_by_role("button", name="Ask to share").click()
    path = author.url.partition("?")[0]
    await approver.goto(path)
    await approver.get_by_role("button", name="Approve sharing").click()
    record_id = path.rsplit("/", 1)[1]
    await look_until(approver, f"/compliance/ledger?record_id={record_id}", "Content gate.")
    return record_id


async def book(page: Page, intakeq: str) -> None:
    """A client and an appointment in IntakeQ, whose block has crossed."""
    async with httpx.AsyncClient(base_url=intakeq) as simulator:
        made = (await simulator.post("/_sim/intakes", json={})).raise_for_status().json()
        order = {"client_id": made["client_id"]}
        (await simulator.post("/_sim/appointments", json=order)).raise_for_status()
    await look_until(page, "/compliance/ledger?kind=calendar_block&decision=ship", "version 1")


async def look_until(page: Page, path: str, text: str) -> None:
    """Open a page again and again until a text is on it. Raises: AssertionError."""
    for _ in range(LOOKS):
        await page.goto(path)
        if await page.get_by_text(text).count():
            return
        await page.wait_for_timeout(LOOK_MS)
    await expect(page.get_by_text(text)).to_be_visible(timeout=1)


async def why_not(page: Page, record_id: str) -> Answered:
    """From the morning page to the sentence that says why a record did not cross."""
    await page.goto("/compliance")
    hand, began = Hand(page), time.perf_counter()
    await hand.click(page.get_by_role("link", name="Why was this not shared?"))
    await hand.put(page.get_by_label("Record", exact=True), record_id)
    await hand.click(page.get_by_role("button", name="Show"))
    await hand.click(page.locator("td.lead a").first)
    await expect(page.get_by_text("The check found something").first).to_be_visible()
    return Answered("why did this not cross?", hand.acts, time.perf_counter() - began)


async def what_is_there(page: Page) -> Answered:
    """From the morning page to every byte of one appointment that is in the cloud."""
    await page.goto("/compliance")
    hand, began = Hand(page), time.perf_counter()
    await hand.click(page.get_by_role("link", name="What exactly is on the portal?"))
    await hand.click(page.locator("td.lead a").first)
    await expect(page.get_by_text("The ledger confirms exactly this content")).to_be_visible()
    return Answered(
        "what exactly of this appointment is on the portal?",
        hand.acts,
        time.perf_counter() - began,
    )


async def withdraw(page: Page) -> Answered:
    """From that page until it says that the record is gone."""
    hand, began = Hand(page), time.perf_counter()
    await hand.click(page.locator("summary", has_text="Take back"))
    await hand.put(page.get_by_role("textbox", name="Why"), "The client asked for it.")
    await hand.click(page.get_by_role("button", name="Yes, take back"))
    await expect(page.get_by_text("Gone.", exact=True)).to_be_visible(timeout=60_000)
    return Answered(
        "withdraw it and tell me when it is gone", hand.acts, time.perf_counter() - began
    )


async def prove_month(page: Page, folder: Path) -> Answered:
    """From the morning page to a proof that the verifier accepts on a machine without a network."""
    await _wait_for_whole_month(page)
    await page.goto("/compliance")
    hand, began = Hand(page), time.perf_counter()
    await hand.click(page.get_by_role("link", name="Is last month complete?"))
    await hand.click(page.get_by_role("button", name="Make statement"))
    statement = page.locator("pre[aria-label='The statement']")
    await expect(statement).to_be_visible(timeout=60_000)
    shown = await statement.inner_text()
    async with page.expect_download() as waiting:
        await hand.click(page.get_by_role("button", name="Download evidence"))
    bundle = folder / "evidence.zip"
    await (await waiting.value).save_as(bundle)
    hand.acts += 1  # the command, pasted into a shell
    printed = await asyncio.to_thread(_verify, bundle, folder)
    if printed.strip() != shown.strip():
        raise AssertionError("the offline statement is not the one on the page")
    return Answered(
        "prove to me offline that last month is complete",
        hand.acts,
        time.perf_counter() - began,
    )


async def _wait_for_whole_month(page: Page) -> None:
    """A stack that has just begun needs its first witnessed checkpoints."""
    for _ in range(LOOKS):
        await page.goto("/compliance/statement")
        await page.get_by_role("button", name="Make statement").click()
        await expect(page.get_by_role("heading", name="Check it offline")).to_be_visible()
        if await page.locator("pre[aria-label='The statement']").count():
            return
        await page.wait_for_timeout(LOOK_MS)
    await expect(page.locator("pre[aria-label='The statement']")).to_be_visible(timeout=1)


def _verify(bundle: Path, folder: Path) -> str:
    """Unpack the evidence and run the command that lies in it; what it prints."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    command = (folder / "README.txt").read_text().split()
    done = subprocess.run(
        [script("lmhg-verify"), *command[1:]], cwd=folder, capture_output=True, check=True
    )
    return done.stdout.decode()


async def ask_all(
    signed_in: Callable[[str], Awaitable[Page]], folder: Path, *, intakeq: str
) -> list[Answered]:
    """All four, in the order of an officer's day."""
    author, officer = await signed_in(AUTHOR), await signed_in(OFFICER)
    refused = await announce_refused(author, officer)
    await book(officer, intakeq)
    return [
        await why_not(officer, refused),
        await what_is_there(officer),
        await withdraw(officer),
        await prove_month(officer, folder),
    ]


async def main() -> int:
    """Ask the running stack and print a table."""
    stack = Stack.at()
    if not stack.is_up():
        print("the stack is down; `make up` first", file=sys.stderr)
        return 1
    async with chromium() as browser:
        with TemporaryDirectory(prefix="lmhg-officer-") as name:
            answers = await ask_all(
                _desk(browser, stack), Path(name), intakeq=stack.facts["addresses"]["intakeq"]
            )
    for each in answers:
        print(f"| {each.question} | {each.acts} | {each.seconds:.1f} s |")
    return 0


def _desk(browser: Browser, stack: Stack) -> Callable[[str], Awaitable[Page]]:
    async def signed_in(email: str) -> Page:
        context = await browser.new_context(base_url=stack.facts["addresses"]["workspace"])
        page = await context.new_page()
        await sign_in(page, member(email))
        return page

    return signed_in


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
