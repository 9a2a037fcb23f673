"""Use cases of documents."""

import asyncio
import uuid
from datetime import date, datetime

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents import repository
from lmhg_gateway.features.documents.file_types import (
    HEAD_BYTES,
    SAID,
    FileRefused,
    check_size,
    kind_of,
)
from lmhg_gateway.features.documents.forms import DeleteForm, DocumentFacts, NewDocument
from lmhg_gateway.features.documents.models import (
    Document,
    DocumentHold,
    DocumentStep,
    DocumentVersion,
)
from lmhg_gateway.features.documents.rules import (
    UNTOUCHED,
    Act,
    State,
    check_changeable,
    check_delete,
    check_restore,
    check_retain,
    next_number,
)
from lmhg_gateway.features.uploads.public import Upload, arrived, mark_filed, spool_key
from lmhg_kit.errors import Conflict, Invalid, NotFound, SealBroken
from lmhg_kit.persistence import ReadSession, WriteSession


async def add(
    tx: WriteSession,
    spool: Spool,
    form: NewDocument,
    *,
    client_id: uuid.UUID,
    by: str,
    at: datetime,
    today: date,
) -> Document:
    """Make a document of an upload; the worker checks and stores its file. A second time gives the first one.

    Raises: Invalid for a file that is not taken, NotFound, Conflict.
    """
    check_retain(form.retain_until, today=today)
    made = await _made_before(tx, form.upload_id)
    if made is not None:
        if made.client_id != client_id:
            raise Conflict("upload_used")
        return made
    upload, kind = await _taken(tx, spool, form.upload_id, by=by, at=at)
    document = Document(
        client_id=client_id,
        referral_id=form.referral_id,
        label=form.label,
        retain_until=form.retain_until,
    )
    document.name = form.name
    await repository.add(tx, document)
    await _add_version(tx, document, upload, kind=kind, number=1, by=by, at=at)
    return document


async def add_version(
    tx: WriteSession,
    spool: Spool,
    document_id: uuid.UUID,
    upload_id: uuid.UUID | None,
    *,
    by: str,
    at: datetime,
) -> Document:
    """Put a newer file to a document; the older ones stay. Raises: NotFound, Conflict, Invalid."""
    document = await _changeable(tx, document_id)
    made = await _made_before(tx, upload_id)
    if made is not None:
        if made.id != document.id:
            raise Conflict("upload_used")
        return made
    upload, kind = await _taken(tx, spool, upload_id, by=by, at=at)
    number = next_number(await repository.newest_number(tx, document_id))
    await _add_version(tx, document, upload, kind=kind, number=number, by=by, at=at)
    return document


async def _made_before(tx: ReadSession, upload_id: uuid.UUID | None) -> Document | None:
    """The document that this very upload became, so that a form that is sent twice makes one."""
    version = await repository.version_of_upload(tx, upload_id) if upload_id else None
    return await repository.by_id(tx, version.document_id) if version else None


async def _taken(
    tx: WriteSession, spool: Spool, upload_id: uuid.UUID | None, *, by: str, at: datetime
) -> tuple[Upload, str]:
    """An upload whose file is one of those that the practice takes, and which."""
    if upload_id is None:
        raise Invalid("file_missing", fields={"file": "Choose a file."})
    upload = await arrived(tx, spool, upload_id, owner=by, at=at)
    try:
        kind = kind_of(await asyncio.to_thread(_head, spool, upload))
    except SealBroken:
        raise Conflict("upload_damaged") from None
    except FileRefused as refused:
        raise Invalid(refused.code, fields={"file": SAID[refused.code]}) from None
    check_size(kind, upload.length)
    await mark_filed(tx, upload.id)
    return upload, kind


def _head(spool: Spool, upload: Upload) -> bytes:
    with spool.reading(spool_key(upload)) as source:
        return source.read(HEAD_BYTES) or b""


async def _add_version(
    tx: WriteSession,
    document: Document,
    upload: Upload,
    *,
    kind: str,
    number: int,
    by: str,
    at: datetime,
) -> None:
    version = DocumentVersion(
        document_id=document.id,
        number=number,
        upload_id=upload.id,
        state=State.CHECKING.value,
        kind=kind,
        added_by=by,
        added_at=at,
    )
    version.file_name = upload.name or None
    await repository.add(tx, version)
    act = Act.ADDED if number == 1 else Act.VERSION
    await record_step(tx, document.id, act, by=by, at=at, number=number)
    await repository.ring(tx)


async def record_step(
    tx: WriteSession,
    document_id: uuid.UUID,
    act: Act,
    *,
    by: str,
    at: datetime,
    number: int | None = None,
    why: str | None = None,
) -> None:
    """Write a step into a document's history."""
    step = DocumentStep(
        document_id=document_id, act=act.value, version_number=number, done_by=by, done_at=at, why=why
    )  # fmt: skip
    await repository.add(tx, step)


async def view(tx: ReadSession, document_id: uuid.UUID) -> Document:
    """One document; one whose files are removed is not there. Raises: NotFound."""
    document = await repository.by_id(tx, document_id)
    if document is None or document.removed_at is not None:
        raise NotFound("document")
    return document


async def change(
    tx: WriteSession,
    document_id: uuid.UUID,
    form: DocumentFacts,
    *,
    by: str,
    at: datetime,
    today: date,
) -> None:
    """Change what is said of a document. Raises: NotFound, Conflict, Invalid."""
    document = await _changeable(tx, document_id)
    if form.retain_until != document.retain_until:
        check_retain(form.retain_until, today=today)
    if document.name != form.name:
        document.name = form.name
    document.label, document.retain_until = form.label, form.retain_until
    await record_step(tx, document_id, Act.CHANGED, by=by, at=at)


async def remove(
    tx: WriteSession,
    document_id: uuid.UUID,
    form: DeleteForm,
    *,
    by: str,
    at: datetime,
    today: date,
) -> None:
    """Delete a document; for a week it can be brought back. Raises: NotFound, Conflict, Invalid."""
    document = await _changeable(tx, document_id)
    held = await repository.hold_on(tx, document_id) is not None
    check_delete(why=form.why, held=held, retain_until=document.retain_until, today=today)
    document.deleted_at, document.deleted_by = at, by
    document.deleted_why = form.why.value
    await record_step(tx, document_id, Act.DELETED, by=by, at=at, why=form.why.value)


async def take_back(
    tx: WriteSession,
    document_id: uuid.UUID,
    form: DeleteForm,
    *,
    by: str,
    at: datetime,
    today: date,
) -> None:
    """Delete a document that came by mistake; one that is deleted already stays so.

    Raises: NotFound, Invalid, Conflict where someone went on with it.
    """
    document = await repository.locked(tx, document_id)
    if document is None:
        raise NotFound("document")
    if document.deleted_at is not None:
        return
    if {each.act for each in await repository.steps(tx, document_id)} - UNTOUCHED:
        raise Conflict("document_went_on")
    await remove(tx, document_id, form, by=by, at=at, today=today)


async def restore(tx: WriteSession, document_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Bring a deleted document back. Raises: NotFound, Conflict."""
    document = await _there(tx, document_id)
    check_restore(document.deleted_at, at=at)
    document.deleted_at = document.deleted_by = document.deleted_why = None
    await record_step(tx, document_id, Act.RESTORED, by=by, at=at)


async def hold(
    tx: WriteSession, document_id: uuid.UUID, why: str, *, by: str, at: datetime
) -> None:
    """Hold a document, deleted or not, so that its files stay. Raises: NotFound, Conflict."""
    document = await _there(tx, document_id)
    if await repository.hold_on(tx, document.id) is not None:
        raise Conflict("document_held_already")
    placed = DocumentHold(document_id=document.id, placed_by=by, placed_at=at)
    placed.why = why
    await repository.add(tx, placed)
    await record_step(tx, document.id, Act.HELD, by=by, at=at)


async def lift(tx: WriteSession, document_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """End the hold on a document. Raises: NotFound, Conflict."""
    document = await _there(tx, document_id)
    placed = await repository.hold_on(tx, document.id)
    if placed is None:
        raise Conflict("document_not_held")
    placed.lifted_by, placed.lifted_at = by, at
    await record_step(tx, document.id, Act.RELEASED, by=by, at=at)


async def _there(tx: WriteSession, document_id: uuid.UUID) -> Document:
    document = await repository.locked(tx, document_id)
    if document is None or document.removed_at is not None:
        raise NotFound("document")
    return document


async def _changeable(tx: WriteSession, document_id: uuid.UUID) -> Document:
    document = await _there(tx, document_id)
    check_changeable(document.deleted_at)
    return document


async def client_of_document(tx: ReadSession, document_id: uuid.UUID) -> uuid.UUID:
    """Whose document it is. Raises: NotFound."""
    return (await view(tx, document_id)).client_id


async def names_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """A client's documents by name, newest first, without those that are deleted."""
    found = await repository.of_client(tx, client_id)
    return [(each.id, each.name or "") for each, _ in found if each.deleted_at is None]
