"""Use cases of the library: a file is added here, checked, and shared by two people."""

import asyncio
import uuid
from datetime import datetime

from lmhg_contracts.classification import StoragePolicy
from lmhg_contracts.kinds.base import NAME_MAX
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.public import (
    HEAD_BYTES,
    SAID,
    TYPES,
    FileRefused,
    kind_of,
)
from lmhg_gateway.features.documents.public import check_size as check_type_size
from lmhg_gateway.features.exemptions import public as exemptions
from lmhg_gateway.features.library import repository
from lmhg_gateway.features.library.forms import Approval, NewSharedDocument, ProposalForm
from lmhg_gateway.features.library.models import DocumentApproval, DocumentRef, SharedFile
from lmhg_gateway.features.library.rules import (
    Basis,
    State,
    check_basis,
    check_ready,
    check_second,
    check_size,
    next_revision,
)
from lmhg_gateway.features.uploads.public import Upload, arrived, mark_filed, spool_key
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, Invalid, NotFound, SealBroken
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "document_ref"


async def add(
    tx: WriteSession, spool: Spool, form: NewSharedDocument, *, by: str, at: datetime
) -> DocumentRef:
    """A new document of an upload, for this plane alone. The same upload again gives the same document.

    Raises: Invalid for a file that is not taken, NotFound, Conflict.
    """
    made = await _made_before(tx, form.upload_id)
    if made is not None:
        return made
    upload, kind = await _taken(tx, spool, form.upload_id, by=by, at=at)
    record_id = new_id()
    record = _record(form.title, form.category, upload, kind, by=by, at=at)
    record.id, record.document_id, record.revision = record_id, record_id, 1
    await _keep(tx, record, upload, kind, by=by, at=at)
    return record


async def add_version(
    tx: WriteSession,
    spool: Spool,
    record_id: uuid.UUID,
    upload_id: uuid.UUID | None,
    *,
    by: str,
    at: datetime,
) -> DocumentRef:
    """A newer file of a document: a version of its own, which is approved by itself.

    Raises: NotFound, Conflict, Invalid.
    """
    before = await _locked(tx, record_id)
    made = await _made_before(tx, upload_id)
    if made is not None:
        if made.document_id != before.document_id:
            raise Conflict("upload_used")
        return made
    newest = await repository.newest_revision(tx, before.document_id)
    if newest != before.revision:
        raise Conflict("shared_newer")
    upload, kind = await _taken(tx, spool, upload_id, by=by, at=at)
    record = _record(before.title, before.category, upload, kind, by=by, at=at)
    record.document_id, record.revision = before.document_id, next_revision(newest)
    await _keep(tx, record, upload, kind, by=by, at=at)
    return record


def _record(
    title: str, category: str, upload: Upload, kind: str, *, by: str, at: datetime
) -> DocumentRef:
    return DocumentRef(
        title=title,
        category=category,
        file_name=file_name(upload.name or title, suffix=TYPES[kind].suffix),
        media_type=TYPES[kind].media_type,
        author_id=uuid.UUID(by),
        published_at=at,
    )


def file_name(name: str, *, suffix: str) -> str:
    """What a file is called when it is kept: plain letters, and its type's own ending."""
    stem = name[: -len(suffix)] if name.lower().endswith(suffix) else name
    plain = "".join(
        each if each.isprintable() and each not in '\\/:*?"<>|' else " " for each in stem
    )
    return (" ".join(plain.split()).strip(". ")[: NAME_MAX - len(suffix)] or "document") + suffix


async def _keep(
    tx: WriteSession, record: DocumentRef, upload: Upload, kind: str, *, by: str, at: datetime
) -> None:
    await repository.add(tx, record)
    file = SharedFile(
        id=record.id,
        upload_id=upload.id,
        kind=kind,
        state=State.CHECKING.value,
        added_by=by,
        added_at=at,
    )
    await repository.add(tx, file)
    await repository.ring(tx)


async def _made_before(tx: ReadSession, upload_id: uuid.UUID | None) -> DocumentRef | None:
    """The version that this very upload became, so that a form that is sent twice makes one."""
    made = await repository.made_of(tx, upload_id) if upload_id else None
    return await repository.by_id(tx, made) if made else None


async def _taken(
    tx: WriteSession, spool: Spool, upload_id: uuid.UUID | None, *, by: str, at: datetime
) -> tuple[Upload, str]:
    """An upload whose file is one of those that the practice takes, and which."""
    if upload_id is None:
        raise Invalid("file_missing", fields={"file": "Choose a file."})
    upload = await arrived(tx, spool, upload_id, owner=by, at=at)
    check_size(upload.length)
    try:
        kind = kind_of(await asyncio.to_thread(_head, spool, upload))
    except SealBroken:
        raise Conflict("upload_damaged") from None
    except FileRefused as refused:
        raise Invalid(refused.code, fields={"file": SAID[refused.code]}) from None
    check_type_size(kind, upload.length)
    await mark_filed(tx, upload.id)
    return upload, kind


def _head(spool: Spool, upload: Upload) -> bytes:
    with spool.reading(spool_key(upload)) as source:
        return source.read(HEAD_BYTES) or b""


async def propose(
    tx: WriteSession,
    record_id: uuid.UUID,
    form: ProposalForm,
    *,
    by: str,
    expires_at: datetime | None,
) -> None:
    """Ask that it may reach the portal. Raises: NotFound, Conflict."""
    record = await _locked(tx, record_id)
    if record.hipaa_exempt:
        raise Conflict("shared_already")
    await _ready(tx, record)
    await exemptions.propose(
        tx, kind=KIND, record_id=record_id, by=by, reason=form.reason, expires_at=expires_at
    )


async def approve(
    tx: WriteSession,
    record_id: uuid.UUID,
    form: Approval,
    *,
    basis: Basis,
    by: str,
    at: datetime,
) -> None:
    """Share the file that the second person saw, and take older versions back.

    The database keeps that the approval is for these bytes. Raises: NotFound, Forbidden, Conflict.
    """
    record = await _locked(tx, record_id)
    if record.version != form.version or record.sha256 != form.sha256:
        raise Conflict("shared_changed")
    file = await _ready(tx, record)
    check_second(author=str(record.author_id), by=by)
    check_basis(basis, is_whole=file.is_whole)
    exemption = await exemptions.approve(tx, kind=KIND, record_id=record_id, by=by, at=at)
    approval = DocumentApproval(
        record_id=record_id,
        exemption_id=exemption.id,
        sha256=form.sha256,
        basis=basis.value,
        approved_by=by,
        approved_at=at,
    )
    await repository.add(tx, approval)
    record.exemption_id = exemption.id
    record.check_policy(StoragePolicy.CLOUD_ALLOWED)
    record.hipaa_exempt = True
    await tx.flush()
    for older in await repository.shared_before(tx, record.document_id, revision=record.revision):
        if older.exemption_id is not None:
            await exemptions.withdraw(tx, older.exemption_id, by=by, at=at)


async def withdraw(tx: WriteSession, record_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Take it back; the database recalls record and file. Raises: NotFound, Conflict."""
    record = await _locked(tx, record_id)
    if record.exemption_id is None:
        raise NotFound("exemption")
    await exemptions.withdraw(tx, record.exemption_id, by=by, at=at)


async def view(tx: ReadSession, record_id: uuid.UUID) -> tuple[DocumentRef, SharedFile]:
    """One version with its file. Raises: NotFound."""
    record = await repository.by_id(tx, record_id)
    file = await repository.file_of(tx, record_id)
    if record is None or file is None:
        raise NotFound("shared_document")
    return record, file


async def _ready(tx: WriteSession, record: DocumentRef) -> SharedFile:
    file = await repository.file_of(tx, record.id)
    if file is None:
        raise NotFound("shared_document")
    check_ready(
        state=file.state,
        is_looked_at=file.looked_at is not None,
        found=file.found,
        is_newest=await repository.newest_revision(tx, record.document_id) == record.revision,
    )
    return file


async def _locked(tx: WriteSession, record_id: uuid.UUID) -> DocumentRef:
    record = await repository.locked(tx, record_id)
    if record is None:
        raise NotFound("shared_document")
    return record
