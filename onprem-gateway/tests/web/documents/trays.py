"""What tests of the tray do again and again: papers that came, and what is on them."""

import asyncio
import re
from collections.abc import Sequence

from lmhg_gateway.adapters.draw_pages import joined, opened
from lmhg_gateway.features.tray.intake import Intake
from lmhg_kit.http.testing import Signed

from . import papers  # noqa: TID252 - beside this file

OWN = re.compile(r"/tray/[0-9a-f-]{36}")


def fax(*texts: str) -> bytes:
    """A PDF with a page for each of these texts."""
    return joined([papers.pdf(each) for each in texts], [(n, 0, 0) for n in range(len(texts))])


def texts_of(data: bytes) -> list[str]:
    """What is on each page of a PDF."""
    return [page["text"] for page in opened("pdf", data)[0]["pages"]]


async def take_all(intake: Intake) -> None:
    """Have the worker take every file that came."""
    async with asyncio.timeout(90):
        while await intake.check():
            pass


async def add(desk: Signed, intake: Intake, *files: tuple[str, bytes], **fields: str) -> list[str]:
    """The addresses of papers that were added by the form, once they are drawn; those that came last first."""
    parts = {"csrf_token": desk.token, **fields}
    sent = [("file", (name, data)) for name, data in files]
    answer = await desk.browser.post("/tray", data=parts, files=sent)
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"].partition("?")[0]
    await take_all(intake)
    if OWN.fullmatch(where):
        return [where]
    return list(dict.fromkeys(OWN.findall((await desk.get("/tray")).text)))


async def page_ids(desk: Signed, own: str) -> Sequence[str]:
    """The ids of a paper's pages, in their order."""
    found = await desk.get(f"/api/v1{own.replace('/tray/', '/tray/papers/')}")
    assert found.status_code == 200, found.text
    return [each["id"] for each in found.json()["pages"]]
