"""Hands out pictures of pages, and files as they came: opened as they go, run by no browser, and on record."""

import asyncio
import uuid
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.features.documents.public import HEADERS, TYPES
from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.kept import original, pictures_of, read, suffix_of
from lmhg_gateway.features.tray.listed import PATH
from lmhg_gateway.features.tray.orientation import turned_picture
from lmhg_gateway.features.tray.rules import FileState
from lmhg_gateway.web.state import STORE
from lmhg_kit.errors import NotFound, Unavailable
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]
PICTURE_HEADERS = {name: value for name, value in HEADERS.items() if name != "accept-ranges"}


def _store(request: AnyRequest) -> ObjectStore:
    store = STORE.of(request)
    if store is None:
        raise Unavailable("store_missing")
    return store


async def picture(request: AnyRequest, page_id: uuid.UUID) -> Response[bytes]:
    """The picture of a page, turned as it is. Raises: NotFound, Unavailable."""
    async with reading(request, "tray.picture") as tx:
        found = await repository.page(tx, page_id)
    if found is None:
        raise NotFound("paper")
    page, file = found
    kept = pictures_of(file)
    data = await asyncio.to_thread(
        read, _store(request), kept, first=page.picture_at, size=page.picture_size
    )
    return Response(
        turned_picture(data, page.turn), media_type="image/jpeg", headers=PICTURE_HEADERS
    )


async def as_it_came(request: AnyRequest, file_id: uuid.UUID) -> Response[bytes]:
    """A file as it came, as an attachment. Raises: NotFound, Unavailable."""
    async with reading(request, "tray.original") as tx:
        file = await repository.file_by_id(tx, file_id)
    if file is None or file.state != FileState.STORED or file.kind is None:
        raise NotFound("paper")
    data = await asyncio.to_thread(read, _store(request), original(file))
    suffix = suffix_of(file)
    media_type = "image/heic" if file.kind == "heic" else TYPES[file.kind].media_type
    name = quote(file.file_name or f"paper{suffix}")
    said = f"attachment; filename=\"paper{suffix}\"; filename*=UTF-8''{name}"
    headers = {**PICTURE_HEADERS, "content-disposition": said}
    return Response(data, media_type=media_type, headers=headers)


@get(PATH + "/pages/{page_id:uuid}/picture", opt=needs("tray.read"), include_in_schema=False)
async def page_picture(request: AnyRequest, page_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """The picture of one page."""
    return await picture(request, page_id)


@get(PATH + "/files/{file_id:uuid}/original", opt=needs("tray.read"), include_in_schema=False)
async def file_original(request: AnyRequest, file_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """One file as it came."""
    return await as_it_came(request, file_id)
