"""Files of a form and pages of a paper as uploads, before the unit of work that makes something of them."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from litestar import Request

from lmhg_gateway.features.tray import repository, service
from lmhg_gateway.features.tray.kept import composed
from lmhg_gateway.features.tray.rules import BYTES_MAX, Spot, arrangement, check_open
from lmhg_gateway.features.uploads.public import ended_unless_done, receive, spool_of
from lmhg_gateway.web.state import STORE
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.faces import Takes
from lmhg_kit.http.forms import Fields, fill, read_form
from lmhg_kit.http.sent_files import sent_files
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
PIECE = 1024 * 1024


async def take_files(request: AnyRequest) -> Fields:
    """Keep the files of a form as uploads, one after another, and have the form name them."""
    fields = await read_form(request)
    ids = [each for each in fields.get("upload_id", []) if each]
    sent = [
        await _received(request, file.pieces(), name=file.name, most=BYTES_MAX)
        async for file in sent_files(request)
    ]
    return {"upload_id": [*ids, *map(str, sent)]}


def takes_pages(form: type[msgspec.Struct]) -> Takes:
    """Keeps the pages of a paper as one PDF, and has the form name it; of a form that is wrong it keeps none."""

    async def take(request: AnyRequest) -> Fields:
        fields = await read_form(request)
        if fill(form, fields, today=PRACTICE.of(request).today()).data is None:
            return {"upload_id": [], "arranged": []}
        made = await pages_as_upload(request, request.path_params["paper_id"])
        return {"upload_id": [str(made.upload_id)], "arranged": [made.arranged]}

    return take


def pages_ended(request: AnyRequest, fields: Fields) -> AbstractAsyncContextManager[None]:
    """Surrounds the filing of a paper: the pages that were kept for it are ended when it is refused."""
    kept = next(iter(fields.get("upload_id", [])), None)
    return ended_unless_done(request, uuid.UUID(kept) if kept else None)


async def pages_as_upload(request: AnyRequest, paper_id: uuid.UUID) -> service.Composed:
    """The pages of a paper as one PDF, an upload of who asks. Raises: NotFound, Conflict, Unavailable."""
    store = STORE.of(request)
    if store is None:
        raise Unavailable("store_missing")
    async with reading(request, "tray.compose") as tx:
        paper = await service.view(tx, paper_id)
        check_open(paper.state)
        pages = await repository.pages_of(tx, [paper_id])
        files = await repository.files_with(tx, {each.file_id for each in pages})
    data = await composed(store, pages, files)
    name = f"{paper.title or 'Paper'}.pdf"
    upload_id = await _received(request, _pieces(data), name=name, most=len(data))
    spots = [Spot(each.id, paper_id, each.place, each.turn) for each in pages]
    return service.Composed(upload_id, arrangement(spots))


async def _received(
    request: AnyRequest, pieces: AsyncIterator[bytes], *, name: str, most: int
) -> uuid.UUID:
    return await receive(
        lambda purpose: writing(request, purpose),
        spool_of(request),
        pieces,
        owner=actor_of(request).id,
        name=name,
        most=most,
        at=PRACTICE.of(request).clock(),
    )


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]
