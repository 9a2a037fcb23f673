"""Hands a file of the library over: only the bytes that the practice shared, as an attachment.

They are hashed on their way into a short-lived file before the first byte goes out, so a wrong object is a
clear error and no half of something else.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_contracts.kinds.documents import DocumentRef
from lmhg_contracts.objects import ObjectName
from lmhg_kit.errors import NotFound, Unavailable
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import reading
from lmhg_kit.logs import get_logger
from lmhg_portal.adapters import replica
from lmhg_portal.adapters.file_store import Damaged, Missing
from lmhg_portal.web.state import FILES

AnyRequest = Request[Any, Any, Any]
PIECE = 256 * 1024
HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "accept-ranges": "none",
    "x-frame-options": "DENY",
}
_log = get_logger()


@get("/library/{document_id:uuid}/file", opt=needs("library.read"), include_in_schema=False)
async def library_file(request: AnyRequest, document_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The file of one document, as an attachment."""
    return await handed_over(request, document_id)


async def handed_over(request: AnyRequest, document_id: uuid.UUID) -> Response[Any]:
    """The file of one document. Raises: NotFound once it was withdrawn, Unavailable for a wrong file."""
    async with reading(request, "library.open") as tx:
        found = await replica.one_at(tx, DocumentRef, document_id)
    if found is None:
        raise NotFound("library_gone")
    (record, generation, version), store = found, FILES.of(request)
    body = record.body
    name = ObjectName(document_id, generation, version, body.sha256)
    if store is None:
        raise Unavailable("library_store")
    try:
        held = await asyncio.to_thread(store.whole, str(name), sha256=body.sha256, size=body.size)
    except (Damaged, Missing) as wrong:
        code = "library_file_damaged" if isinstance(wrong, Damaged) else "library_file_missing"
        async with reading(request, "library.open") as tx:
            await tx.audit("read", kind="document_ref", ids=[document_id], outcome=code)
        _log.error("library.file_wrong", code=code, record_id=document_id)
        raise Unavailable(code) from None
    headers = {
        **HEADERS,
        "content-disposition": f"attachment; filename*=UTF-8''{quote(body.file_name)}",
        "content-length": str(body.size),
    }
    return Stream(_pieces(held), media_type=body.media_type, headers=headers)


async def _pieces(held: "SpooledTemporaryFile[bytes]") -> AsyncIterator[bytes]:
    with held:
        while piece := await asyncio.to_thread(held.read, PIECE):
            yield piece
