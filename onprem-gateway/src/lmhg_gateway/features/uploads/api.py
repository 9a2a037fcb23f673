"""Uploads for programs and for our own pages: the tus protocol, version 1.0.

Any client of it works unchanged. What it is asked and what it answers is https://tus.io/protocols/resumable-upload.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.utils import format_datetime
from typing import Any

from litestar import HttpMethod, Request, Response, delete, get, patch, post
from litestar.exceptions import LitestarException
from litestar.handlers import HTTPRouteHandler, route
from litestar.params import FromPath

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.uploads import rules, service
from lmhg_gateway.features.uploads.models import Upload
from lmhg_gateway.web.state import SETTINGS, SPOOL
from lmhg_kit.errors import Conflict, Invalid, LmhgError, NotFound, Unavailable
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
PATH = "/api/v1/uploads"
BYTES = "application/offset+octet-stream"
RESUMABLE = "Tus-Resumable"
STATUSES = {
    "upload_offset": 409,
    "upload_long": 413,
    "upload_past_end": 413,
    "upload_busy": 423,
    "checksum": 460,
    "uploads_full": 429,
}
"""The protocol's own statuses, by our code; other errors are answered as everywhere."""


def spool_of(request: AnyRequest) -> Spool:
    """Where uploads are. Raises: Unavailable("spool_missing")."""
    spool = SPOOL.of(request)
    if spool is None:
        raise Unavailable("spool_missing")
    return spool


def most_of(request: AnyRequest) -> int:
    """How long a file may be."""
    return SETTINGS.of(request).document_max_mb * 1024 * 1024


@asynccontextmanager
async def ended_when_refused(
    request: AnyRequest, upload_id: uuid.UUID | None
) -> AsyncIterator[None]:
    """An upload whose file is refused in the block is ended, in a unit of work of its own."""
    try:
        yield
    except Invalid as refused:
        if upload_id is not None and "file" in refused.fields:
            await _end(request, upload_id)
        raise


@asynccontextmanager
async def ended_unless_done(
    request: AnyRequest, upload_id: uuid.UUID | None
) -> AsyncIterator[None]:
    """An upload that was made for the block alone is ended when anything goes wrong there.

    The block has the unit of work in it, so that this one begins after it.
    """
    try:
        yield
    except BaseException:
        if upload_id is not None:
            with suppress(NotFound):
                await _end(request, upload_id)
        raise


async def _end(request: AnyRequest, upload_id: uuid.UUID) -> None:
    at, by = PRACTICE.of(request).clock(), actor_of(request).id
    async with writing(request, "upload.end") as tx:
        await service.end(tx, spool_of(request), upload_id, owner=by, at=at)


async def pieces_of(request: AnyRequest) -> AsyncIterator[bytes]:
    """The bytes of a request's body; a connection that breaks ends them."""
    try:
        async for piece in request.stream():
            if piece:
                yield piece
    except LitestarException:
        return


def _answer(status: int, **headers: str) -> Response[None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(None, status_code=status, headers={RESUMABLE: rules.VERSION, **named})


def _refusal(error: LmhgError) -> Response[Any] | None:
    status = STATUSES.get(error.code)
    if status is None:
        return None
    problem = {"error": {"code": error.code}}
    return Response(problem, status_code=status, headers={RESUMABLE: rules.VERSION})


def _version(request: AnyRequest) -> Response[None] | None:
    if request.headers.get(RESUMABLE) == rules.VERSION:
        return None
    return _answer(412, Tus_Version=rules.VERSION)


@route(PATH, http_method=HttpMethod.OPTIONS, opt=needs("uploads.write"), include_in_schema=False)
async def capabilities(request: AnyRequest) -> Response[None]:
    """What this server can do."""
    return _answer(
        204,
        Tus_Version=rules.VERSION,
        Tus_Extension=rules.EXTENSIONS,
        Tus_Max_Size=str(most_of(request)),
        Tus_Checksum_Algorithm=",".join(rules.CHECKSUMS),
    )


@post(
    PATH,
    opt=needs("uploads.write", streams=True),
    include_in_schema=False,
    request_max_body_size=None,
)
async def create_upload(request: AnyRequest) -> Response[Any]:
    """Begin an upload; its first bytes may come along."""
    if wrong := _version(request):
        return wrong
    spool, at, by = spool_of(request), PRACTICE.of(request).clock(), actor_of(request).id
    try:
        length = rules.length_in(request.headers.get("upload-length"), most=most_of(request))
        name = rules.name_in(request.headers.get("upload-metadata"))
        async with writing(request, "upload.create") as tx:
            upload = await service.create(tx, spool, owner=by, length=length, name=name, at=at)
            file, expires = service.spool_key(upload), _expires(upload)
        offset = 0
        if request.headers.get("content-type") == BYTES:
            offset = await service.append(spool, file, pieces_of(request), offset=0)
    except (Conflict, Invalid) as refused:
        if found := _refusal(refused):
            return found
        raise
    return _answer(
        201, Location=f"{PATH}/{file.id}", Upload_Offset=str(offset), Upload_Expires=expires
    )


@get(PATH + "/{upload_id:uuid}", opt=needs("uploads.write"), include_in_schema=False)
async def upload_offset(request: AnyRequest, upload_id: FromPath[uuid.UUID]) -> Response[Any]:
    """How much of an upload is here for good; asked with HEAD."""
    if wrong := _version(request):
        return wrong
    upload = await _find(request, upload_id)
    offset = spool_of(request).measure(service.spool_key(upload))
    return _answer(
        200,
        Upload_Offset=str(offset),
        Upload_Length=str(upload.length),
        Upload_Expires=_expires(upload),
        Cache_Control="no-store",
    )


@patch(
    PATH + "/{upload_id:uuid}",
    opt=needs("uploads.write", streams=True),
    include_in_schema=False,
    request_max_body_size=None,
)
async def append_upload(request: AnyRequest, upload_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Take bytes from where the held ones end."""
    if wrong := _version(request):
        return wrong
    if request.headers.get("content-type") != BYTES:
        return _answer(415)
    upload = await _find(request, upload_id)
    try:
        offset = await service.append(
            spool_of(request),
            service.spool_key(upload),
            pieces_of(request),
            offset=rules.offset_in(request.headers.get("upload-offset")),
            checksum=rules.checksum_in(request.headers.get("upload-checksum")),
        )
    except (Conflict, Invalid) as refused:
        if found := _refusal(refused):
            return found
        raise
    return _answer(204, Upload_Offset=str(offset), Upload_Expires=_expires(upload))


@delete(
    PATH + "/{upload_id:uuid}", opt=needs("uploads.write"), include_in_schema=False, status_code=200
)
async def end_upload(request: AnyRequest, upload_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Give an upload up."""
    if wrong := _version(request):
        return wrong
    at, by = PRACTICE.of(request).clock(), actor_of(request).id
    try:
        async with writing(request, "upload.end") as tx:
            await service.end(tx, spool_of(request), upload_id, owner=by, at=at)
    except Conflict as refused:
        if found := _refusal(refused):
            return found
        raise
    return _answer(204)


async def _find(request: AnyRequest, upload_id: uuid.UUID) -> Upload:
    at, by = PRACTICE.of(request).clock(), actor_of(request).id
    async with reading(request, "upload.find") as tx:
        return await service.find(tx, upload_id, owner=by, at=at)


def _expires(upload: Upload) -> str:
    return format_datetime(upload.expires_at, usegmt=True)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    capabilities,
    create_upload,
    upload_offset,
    append_upload,
    end_upload,
)
