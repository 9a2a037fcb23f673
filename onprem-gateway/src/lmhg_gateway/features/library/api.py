"""The library for programs: listed with how far each document is, read, added from an upload, handed over.

Sharing one takes two people, so no program does it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.exemptions.public import states
from lmhg_gateway.features.library import repository, service
from lmhg_gateway.features.library.download import handed_over
from lmhg_gateway.features.library.forms import NewSharedDocument, NextVersion
from lmhg_gateway.features.library.models import DocumentRef
from lmhg_gateway.features.library.views import state_of
from lmhg_gateway.features.uploads.public import ended_when_refused, spool_of
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
ONE = "/api/v1/library/{library_id:uuid}"


class LibraryDocumentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a document; `state` in words, `is_shared` whether the portal may have it."""

    id: uuid.UUID
    document_id: uuid.UUID
    revision: int
    version: int
    title: str
    category: str
    file_name: str
    media_type: str
    size: int | None
    sha256: str | None
    author_id: uuid.UUID
    published_at: datetime
    is_shared: bool
    state: str


class LibraryOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the library, each document by its newest version, and how many there are."""

    documents: list[LibraryDocumentOut]
    total: int


async def _out(tx: ReadSession, found: Sequence[DocumentRef]) -> list[LibraryDocumentOut]:
    ids = [each.id for each in found]
    ways = await states(tx, kind=service.KIND, record_ids=ids)
    files = await repository.files_of(tx, ids)
    return [
        LibraryDocumentOut(
            id=each.id,
            document_id=each.document_id,
            revision=each.revision,
            version=each.version,
            title=each.title,
            category=each.category,
            file_name=each.file_name,
            media_type=each.media_type,
            size=each.size,
            sha256=each.sha256,
            author_id=each.author_id,
            published_at=each.published_at,
            is_shared=each.hipaa_exempt,
            state=state_of(files.get(each.id), ways[each.id])[0],
        )
        for each in found
    ]


@answers("/api/v1/library", "library.read", purpose="library.list", tag="library")
async def list_library(
    tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> LibraryOut:
    """Fifty documents, newest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return LibraryOut(documents=await _out(tx, found), total=total)


@answers(ONE, "library.read", purpose="library.view", tag="library")
async def read_library_document(
    tx: ReadSession, _ask: Ask[Any], library_id: FromPath[uuid.UUID]
) -> LibraryDocumentOut:
    """One version of a document."""
    record, _ = await service.view(tx, library_id)
    return (await _out(tx, [record]))[0]


@does("/api/v1/library", "library.write", purpose="library.add", tag="library", status=201)
async def add_library_document(
    tx: WriteSession, ask: Ask[Any], data: JSONBody[NewSharedDocument]
) -> LibraryDocumentOut:
    """Make a document of an upload that is whole. The same upload again answers with the same document."""
    async with ended_when_refused(ask.request, data.upload_id):
        made = await service.add(tx, spool_of(ask.request), data, by=ask.by, at=ask.at)
    return (await _out(tx, [made]))[0]


@does(ONE + "/versions", "library.write", purpose="library.version", tag="library", status=201)
async def add_library_version(
    tx: WriteSession, ask: Ask[Any], library_id: FromPath[uuid.UUID], data: JSONBody[NextVersion]
) -> LibraryDocumentOut:
    """Add a newer file, as a version of its own; the one on the portal stays until this one is approved."""
    spool = spool_of(ask.request)
    async with ended_when_refused(ask.request, data.upload_id):
        made = await service.add_version(
            tx, spool, library_id, data.upload_id, by=ask.by, at=ask.at
        )
    return (await _out(tx, [made]))[0]


@get(ONE + "/file", opt=needs("library.read"), include_in_schema=False)
async def read_library_file(request: AnyRequest, library_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The file of one version."""
    return await handed_over(request, library_id)


HANDLERS = (
    list_library,
    read_library_document,
    add_library_document,
    add_library_version,
    read_library_file,
)
