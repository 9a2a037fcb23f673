"""Hands a document's file over: opened chunk by chunk as it goes, never shown in the page, and on record."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.features.documents import repository, service
from lmhg_gateway.features.documents.file_types import TYPES
from lmhg_gateway.features.documents.models import Document, DocumentVersion
from lmhg_gateway.features.documents.rules import State, range_in
from lmhg_gateway.kernel.sealed_chunks import CHUNK, ChunkSeal, chunks_in, parts_of
from lmhg_gateway.web.state import STORE
from lmhg_kit.errors import Conflict, NotFound, SealBroken, Unavailable, Unreadable
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]
HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "accept-ranges": "bytes",
    "x-frame-options": "DENY",
}
"""Whatever is in a file, a browser keeps it: it runs nothing of it and shows nothing of it."""


def file_name(document: Document, version: DocumentVersion) -> str:
    """What a file is called when it is kept: the document's name and the type's own ending."""
    stem = "".join(
        each if each.isprintable() and each not in '\\/:*?"<>|' else " "
        for each in document.name or ""
    )
    return (" ".join(stem.split()).strip(". ") or "document") + TYPES[version.kind].suffix


@get(
    "/documents/{document_id:uuid}/versions/{number:int}/file",
    opt=needs("documents.read"),
    include_in_schema=False,
)
async def document_file(
    request: AnyRequest, document_id: FromPath[uuid.UUID], number: FromPath[int]
) -> Response[Any]:
    """The file of one version, as an attachment."""
    return await handed_over(request, document_id, number)


async def handed_over(request: AnyRequest, document_id: uuid.UUID, number: int) -> Response[Any]:
    """The file of one version, or the one range of it that is asked for. Raises: NotFound, Conflict."""
    async with reading(request, "document.open") as tx:
        document = await service.view(tx, document_id)
        version = await repository.version(tx, document_id, number)
        if version is None:
            raise NotFound("document")
        if version.state != State.STORED or version.data_key is None or version.size is None:
            raise Conflict("document_file")
        await tx.audit("read", kind="client", ids=[document.client_id])
    store = STORE.of(request)
    if store is None:
        raise Unavailable("store_missing")
    return await _answer(request, store, document, version)


async def _answer(
    request: AnyRequest, store: ObjectStore, document: Document, version: DocumentVersion
) -> Response[Any]:
    size = version.size or 0
    asked = request.headers.get("range")
    try:
        span = range_in(asked, size=size) if asked and size else None
    except Unreadable:
        return Response(
            None, status_code=416, headers={**HEADERS, "content-range": f"bytes */{size}"}
        )
    first, last = span or (0, size - 1)
    key = bytes.fromhex(version.data_key or "")
    plain = opened(store, str(version.id), size=size, key=key, first=first, last=last)
    name = quote(file_name(document, version))
    headers = {
        **HEADERS,
        "content-disposition": f"attachment; filename=\"document{TYPES[version.kind].suffix}\"; filename*=UTF-8''{name}",
        "content-length": str(last - first + 1),
        **({"content-range": f"bytes {first}-{last}/{size}"} if span else {}),
    }
    begun = await asyncio.to_thread(next, plain, b"")
    media_type = TYPES[version.kind].media_type
    status = 206 if span else 200
    return Stream(rest(begun, plain), media_type=media_type, status_code=status, headers=headers)


async def rest(begun: bytes, plain: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A file that was begun, piece by piece."""
    yield begun
    while piece := await asyncio.to_thread(next, plain, b""):
        yield piece


def opened(
    store: ObjectStore, name: str, *, size: int, key: bytes, first: int, last: int
) -> Iterator[bytes]:
    """The plain bytes of a stored file from one to another. Raises: Unavailable, SealBroken."""
    if last < first:
        return
    seal, end = ChunkSeal(key, name), chunks_in(size) - 1
    sealed = store.chunks(name, size=size, first=first // CHUNK, last=last // CHUNK)
    for (number, start, stop), chunk in zip(parts_of(first, last), sealed, strict=True):
        if not chunk:
            raise SealBroken("object_short")
        yield seal.open(chunk, number=number, is_last=number == end)[start:stop]
