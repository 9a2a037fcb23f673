"""Hands a file of the library over: opened chunk by chunk as it goes, never shown in the page, and on record."""

import asyncio
import uuid
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_gateway.features.documents.public import HEADERS, TYPES, opened, rest
from lmhg_gateway.features.library import service
from lmhg_gateway.features.library.rules import State
from lmhg_gateway.web.state import STORE
from lmhg_kit.errors import Conflict, Unavailable
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]


@get("/library/{library_id:uuid}/file", opt=needs("library.read"), include_in_schema=False)
async def library_file(request: AnyRequest, library_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The file of one version, as an attachment."""
    return await handed_over(request, library_id)


async def handed_over(request: AnyRequest, library_id: uuid.UUID) -> Response[Any]:
    """The file of one version. Raises: NotFound, Conflict, Unavailable."""
    async with reading(request, "library.open") as tx:
        record, file = await service.view(tx, library_id)
        if file.state != State.STORED or not file.data_key or not record.size:
            raise Conflict("shared_file")
        await tx.audit("read", kind="document_ref", ids=[library_id])
    store = STORE.of(request)
    if store is None:
        raise Unavailable("store_missing")
    suffix, name = TYPES[file.kind].suffix, quote(record.file_name)
    key, last = bytes.fromhex(file.data_key), record.size - 1
    plain = opened(store, str(library_id), size=record.size, key=key, first=0, last=last)
    headers = {
        **HEADERS,
        "accept-ranges": "none",
        "content-disposition": f"attachment; filename=\"document{suffix}\"; filename*=UTF-8''{name}",
        "content-length": str(record.size),
    }
    begun = await asyncio.to_thread(next, plain, b"")
    return Stream(rest(begun, plain), media_type=record.media_type, headers=headers)
