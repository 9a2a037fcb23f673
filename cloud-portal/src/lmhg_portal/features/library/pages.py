"""Pages of the library: what the practice shares, and one document."""

import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_contracts.kinds.documents import DocumentRef
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters import replica
from lmhg_portal.features.library import repository, views
from lmhg_portal.features.library.listed import LIBRARY

AnyRequest = Request[Any, Any, Any]


@get("/library", opt=needs("library.read"), include_in_schema=False)
async def library_list(request: AnyRequest) -> Response[Any]:
    """Every document, the newest first."""
    wanted = LIBRARY.wanted(request)
    async with reading(request, "library.list") as tx:
        found, total = await repository.listed(
            tx, first=wanted.first, size=wanted.size, words=wanted.q, category=wanted["category"]
        )
        names = await replica.staff_names(tx)
        await LIBRARY.audit(tx, wanted)
    rows = [views.row(each, names) for each in found]
    if wanted.is_file:
        return LIBRARY.file(request, rows, total=total)
    shown = LIBRARY.made(wanted, rows, total=total)
    return await page(request, "library/list.html", list=shown)


@get("/library/{document_id:uuid}", opt=needs("library.read"), include_in_schema=False)
async def library_page(request: AnyRequest, document_id: FromPath[uuid.UUID]) -> Response[Any]:
    """One document. Raises: NotFound once it was withdrawn."""
    async with reading(request, "library.view") as tx:
        found = await replica.one(tx, DocumentRef, document_id)
        names = await replica.staff_names(tx)
    if found is None:
        raise NotFound("library_gone")
    return await page(request, "library/one.html", row=views.row(found, names))


async def find_documents(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Documents with the words in their title."""
    found, _ = await repository.listed(tx, first=0, size=HITS_MAX, words=asked.text)
    return [
        Hit(label=each.body.title, href=f"/library/{each.id}", icon="download") for each in found
    ]
