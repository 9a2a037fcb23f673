"""The library for programs: documents that the practice shares, one of them, and its file."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from lmhg_contracts.kinds.documents import DocumentRef
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters import replica
from lmhg_portal.features.library import repository
from lmhg_portal.features.library.download import handed_over

AnyRequest = Request[Any, Any, Any]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
ONE = "/api/v1/library/{document_id:uuid}"


class LibraryDocumentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One document, as the office released it; `sha256` and `size` are of its file."""

    id: uuid.UUID
    title: str
    category: str
    revision: int
    file_name: str
    media_type: str
    size: int
    sha256: str
    author_id: str
    published_at: datetime


class LibraryOut(msgspec.Struct, frozen=True, kw_only=True):
    """Fifty documents, and how many there are."""

    documents: list[LibraryDocumentOut]
    total: int


def _out(found: replica.Received[DocumentRef]) -> LibraryDocumentOut:
    body = found.body
    return LibraryDocumentOut(
        id=found.id,
        title=body.title,
        category=body.category,
        revision=body.revision,
        file_name=body.file_name,
        media_type=body.media_type,
        size=body.size,
        sha256=body.sha256,
        author_id=body.author_id,
        published_at=body.published_at,
    )


@answers("/api/v1/library", "library.read", purpose="library.list", tag="library")
async def list_library(
    tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> LibraryOut:
    """Fifty documents, newest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return LibraryOut(documents=[_out(each) for each in found], total=total)


@answers(ONE, "library.read", purpose="library.view", tag="library")
async def read_library_document(
    tx: ReadSession, _ask: Ask[Any], document_id: FromPath[uuid.UUID]
) -> LibraryDocumentOut:
    """One document, until the office takes it back."""
    found = await replica.one(tx, DocumentRef, document_id)
    if found is None:
        raise NotFound("library_gone")
    return _out(found)


@get(ONE + "/file", opt=needs("library.read"), include_in_schema=False)
async def read_library_file(request: AnyRequest, document_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The file of one document."""
    return await handed_over(request, document_id)


HANDLERS = (list_library, read_library_document, read_library_file)
