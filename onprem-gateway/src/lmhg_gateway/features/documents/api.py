"""Documents for programs: listed, read, added from an upload, changed, deleted, brought back, handed over.

The bytes come in by the uploads' own API (tus), and go out by the file's address.
"""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents import repository, service
from lmhg_gateway.features.documents.download import handed_over
from lmhg_gateway.features.documents.file_types import TYPES
from lmhg_gateway.features.documents.forms import DeleteForm, DocumentFacts, NewDocument, NewVersion
from lmhg_gateway.features.documents.models import Document, DocumentVersion
from lmhg_gateway.features.referrals.public import client_of
from lmhg_gateway.features.uploads.public import ended_when_refused, spool_of
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
ONE = "/api/v1/documents/{document_id:uuid}"


class VersionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a document; `sha256` and `size` are of the file as it is handed over."""

    number: int
    state: str
    refused_why: str | None
    media_type: str
    size: int | None
    sha256: str | None
    was_redrawn: bool
    added_at: datetime
    stored_at: datetime | None


class DocumentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One document, with its versions, newest first."""

    id: uuid.UUID
    client_id: uuid.UUID
    referral_id: uuid.UUID | None
    name: str
    label: str
    retain_until: date | None
    on_hold: bool
    deleted_at: datetime | None
    versions: list[VersionOut]


class DocumentsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The newest hundred documents of a client, each with its newest version alone."""

    documents: list[DocumentOut]


def _version(each: DocumentVersion) -> VersionOut:
    return VersionOut(
        number=each.number,
        state=each.state,
        refused_why=each.refused_why,
        media_type=TYPES[each.kind].media_type,
        size=each.size,
        sha256=each.digest,
        was_redrawn=each.was_redrawn,
        added_at=each.added_at,
        stored_at=each.stored_at,
    )


def _out(document: Document, versions: list[DocumentVersion], *, on_hold: bool) -> DocumentOut:
    return DocumentOut(
        id=document.id,
        client_id=document.client_id,
        referral_id=document.referral_id,
        name=document.name or "",
        label=document.label,
        retain_until=document.retain_until,
        on_hold=on_hold,
        deleted_at=document.deleted_at,
        versions=[_version(each) for each in versions],
    )


async def _whole(tx: ReadSession, document: Document) -> DocumentOut:
    versions = list(await repository.versions(tx, document.id))
    on_hold = await repository.hold_on(tx, document.id) is not None
    return _out(document, versions, on_hold=on_hold)


@answers(
    "/api/v1/clients/{client_id:uuid}/documents",
    "documents.read",
    purpose="documents.list",
    tag="documents",
)
async def list_documents(
    tx: ReadSession, _ask: Ask[Any], client_id: FromPath[uuid.UUID]
) -> DocumentsOut:
    """A client's documents, newest first."""
    found = await repository.of_client(tx, client_id)
    held = await repository.held_among(tx, [document.id for document, _ in found])
    return DocumentsOut(
        documents=[_out(each, [version], on_hold=each.id in held) for each, version in found]
    )


@answers(ONE, "documents.read", purpose="document.view", tag="documents")
async def read_document(
    tx: ReadSession, _ask: Ask[Any], document_id: FromPath[uuid.UUID]
) -> DocumentOut:
    """One document."""
    return await _whole(tx, await service.view(tx, document_id))


@does(
    "/api/v1/clients/{client_id:uuid}/documents",
    "documents.write",
    purpose="document.add",
    tag="documents",
    status=201,
)
async def add_document(
    tx: WriteSession,
    ask: Ask[Any],
    client_id: FromPath[uuid.UUID],
    data: JSONBody[NewDocument],
) -> DocumentOut:
    """Make a document of an upload that is whole. The same upload again answers with the same document."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    if data.referral_id and await client_of(tx, data.referral_id) != client_id:
        raise NotFound("referral")
    async with ended_when_refused(ask.request, data.upload_id):
        made = await service.add(
            tx,
            spool_of(ask.request),
            data,
            client_id=client_id,
            by=ask.by,
            at=ask.at,
            today=ask.practice.today(),
        )
    return await _whole(tx, made)


@does(ONE + "/versions", "documents.write", purpose="document.version", tag="documents", status=201)
async def add_version(
    tx: WriteSession,
    ask: Ask[Any],
    document_id: FromPath[uuid.UUID],
    data: JSONBody[NewVersion],
) -> DocumentOut:
    """Put a newer file to a document; the older ones stay."""
    spool = spool_of(ask.request)
    async with ended_when_refused(ask.request, data.upload_id):
        made = await service.add_version(
            tx, spool, document_id, data.upload_id, by=ask.by, at=ask.at
        )
    return await _whole(tx, made)


@does(ONE, "documents.write", purpose="document.edit", tag="documents", method="PUT")
async def change_document(
    tx: WriteSession,
    ask: Ask[Any],
    document_id: FromPath[uuid.UUID],
    data: JSONBody[DocumentFacts],
) -> DocumentOut:
    """Change what is said of a document."""
    await service.change(tx, document_id, data, by=ask.by, at=ask.at, today=ask.practice.today())
    return await _whole(tx, await service.view(tx, document_id))


@does(ONE + "/delete", "documents.write", purpose="document.delete", tag="documents")
async def delete_document(
    tx: WriteSession,
    ask: Ask[Any],
    document_id: FromPath[uuid.UUID],
    data: JSONBody[DeleteForm],
) -> DocumentOut:
    """Delete a document, for a reason; for a week it can be brought back. One on hold is refused."""
    await service.remove(tx, document_id, data, by=ask.by, at=ask.at, today=ask.practice.today())
    return await _whole(tx, await service.view(tx, document_id))


@does(ONE + "/restore", "documents.write", purpose="document.restore", tag="documents")
async def restore_document(
    tx: WriteSession, ask: Ask[Any], document_id: FromPath[uuid.UUID]
) -> DocumentOut:
    """Bring a deleted document back."""
    await service.restore(tx, document_id, by=ask.by, at=ask.at)
    return await _whole(tx, await service.view(tx, document_id))


@get(
    ONE + "/versions/{number:int}/file",
    opt=needs("documents.read"),
    include_in_schema=False,
)
async def read_file(
    request: AnyRequest, document_id: FromPath[uuid.UUID], number: FromPath[int]
) -> Response[Any]:
    """The file of one version, or one range of it."""
    return await handed_over(request, document_id, number)


HANDLERS = (
    list_documents,
    read_document,
    add_document,
    add_version,
    change_document,
    delete_document,
    restore_document,
    read_file,
)
