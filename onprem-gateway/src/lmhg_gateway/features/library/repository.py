"""All SQL of the library."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, exists, func, insert, select, text
from sqlalchemy.orm import aliased

from lmhg_gateway.features.library.models import (
    DocumentApproval,
    DocumentRef,
    SharedFile,
    SharedPage,
)
from lmhg_gateway.features.library.rules import PENDING, Basis, State
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of
from lmhg_kit.persistence.words import has_words

BELL = "shared_file"
"""Rung when there is a file to check."""
CHECKED_AT_ONCE = 20
PLACED_MAX = 2_000
"""Files in the bucket for the portal; more are not looked at in one step."""
_Newer = aliased(DocumentRef)
_IS_NEWEST = ~exists().where(
    _Newer.document_id == DocumentRef.document_id, _Newer.revision > DocumentRef.revision
)
_SHAREABLE = text(
    "select d.id, d.sha256, d.size from practice.document_ref d"
    " where d.hipaa_exempt and exists (select from relay.verdict v where v.kind = 'document_ref'"
    " and v.record_id = d.id and v.version = d.version and v.outcome = 'clear')"
    " and exists (select from compliance.document_approval a where a.record_id = d.id"
    " and a.exemption_id = d.exemption_id and a.sha256 = d.sha256)"
    " order by d.id limit :limit"
)


def _newest() -> Select[DocumentRef]:
    return select(DocumentRef).where(_IS_NEWEST)


async def listed(
    tx: ReadSession, *, first: int, size: int, words: str = "", category: str = ""
) -> tuple[Sequence[DocumentRef], int]:
    """A part of the documents, each by its newest version, newest first; and how many there are."""
    query = _newest()
    if words:
        query = query.where(has_words(DocumentRef.title, words))
    if category:
        query = query.where(DocumentRef.category == category)
    ordered = query.order_by(DocumentRef.published_at.desc(), DocumentRef.id)
    return await part_of(tx, ordered, first=first, size=size)


async def titled(tx: ReadSession, words: str, *, limit: int) -> Sequence[DocumentRef]:
    """Documents whose title has these words, newest first."""
    query = _newest().where(has_words(DocumentRef.title, words))
    return (await tx.scalars(query.order_by(DocumentRef.published_at.desc()).limit(limit))).all()


async def by_id(tx: ReadSession, record_id: uuid.UUID) -> DocumentRef | None:
    """One version of a document."""
    return await tx.get(DocumentRef, record_id)


async def locked(tx: WriteSession, record_id: uuid.UUID) -> DocumentRef | None:
    """One version of a document, held until this unit of work ends."""
    query = select(DocumentRef).where(DocumentRef.id == record_id).with_for_update()
    return await tx.scalar(query)


async def versions(tx: ReadSession, document_id: uuid.UUID) -> Sequence[DocumentRef]:
    """The versions of a document, newest first."""
    query = select(DocumentRef).where(DocumentRef.document_id == document_id)
    return (await tx.scalars(query.order_by(DocumentRef.revision.desc()).limit(200))).all()


async def shared_before(
    tx: WriteSession, document_id: uuid.UUID, *, revision: int
) -> Sequence[DocumentRef]:
    """Older versions of a document that are shared now, held until this unit of work ends."""
    query = select(DocumentRef).where(
        DocumentRef.document_id == document_id,
        DocumentRef.revision < revision,
        DocumentRef.hipaa_exempt,
    )
    return (await tx.scalars(query.with_for_update())).all()


async def files_of(tx: ReadSession, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, SharedFile]:
    """The files of these versions."""
    query = select(SharedFile).where(SharedFile.id.in_(ids))
    return {each.id: each for each in await tx.scalars(query)} if ids else {}


async def file_of(tx: ReadSession, record_id: uuid.UUID) -> SharedFile | None:
    """The file of a version."""
    return await tx.get(SharedFile, record_id)


async def locked_file(tx: WriteSession, record_id: uuid.UUID) -> SharedFile | None:
    """The file of a version, held until this unit of work ends."""
    query = select(SharedFile).where(SharedFile.id == record_id).with_for_update()
    return await tx.scalar(query)


async def made_of(tx: ReadSession, upload_id: uuid.UUID) -> uuid.UUID | None:
    """The version that was made of an upload."""
    return await tx.scalar(select(SharedFile.id).where(SharedFile.upload_id == upload_id))


async def pages_of(tx: ReadSession, record_id: uuid.UUID) -> Sequence[SharedPage]:
    """What a file says, page by page."""
    query = select(SharedPage).where(SharedPage.file_id == record_id)
    return (await tx.scalars(query.order_by(SharedPage.number))).all()


async def add(
    tx: WriteSession, record: DocumentRef | SharedFile | SharedPage | DocumentApproval
) -> None:
    """Keep a record; nothing leaves until it is approved."""
    tx.add(record)
    await tx.flush()


async def keep_pages(tx: WriteSession, record_id: uuid.UUID, pages: Sequence[str]) -> None:
    """Keep what a file says."""
    rows: list[dict[str, object]] = []
    for number, said in enumerate(pages, 1):
        page = SharedPage(id=new_id(), file_id=record_id, number=number)
        page.said = said
        rows.append(
            {"id": page.id, "file_id": record_id, "number": number, "said_sealed": page.said_sealed}
        )
    if rows:
        await tx.execute(insert(SharedPage), rows)


async def ring(tx: WriteSession) -> None:
    """Tell the worker that there is a file to check, once this is committed."""
    await tx.execute(text("select pg_notify(:bell, '')"), {"bell": BELL})


async def to_check(tx: ReadSession) -> Sequence[SharedFile]:
    """Files that are not checked, a few: the first that came first, those that were tried before last."""
    query = select(SharedFile).where(SharedFile.state.in_(list(PENDING)))
    order = query.order_by(SharedFile.state == State.WAITING, SharedFile.added_at, SharedFile.id)
    return (await tx.scalars(order.limit(CHECKED_AT_ONCE))).all()


async def to_look_at(tx: ReadSession) -> Sequence[uuid.UUID]:
    """Files that are stored and that nobody has compared with the clients on record."""
    query = select(SharedFile.id).where(
        SharedFile.state == State.STORED, SharedFile.looked_at.is_(None)
    )
    return (await tx.scalars(query.order_by(SharedFile.added_at).limit(20))).all()


async def is_vouched(tx: ReadSession, record_id: uuid.UUID, *, sha256: str) -> bool:
    """Whether someone said that they read every page of these very bytes."""
    query = select(DocumentApproval.id).where(
        DocumentApproval.record_id == record_id,
        DocumentApproval.sha256 == sha256,
        DocumentApproval.basis == Basis.EVERY_PAGE_READ,
    )
    return await tx.scalar(query.limit(1)) is not None


async def approval_of(tx: ReadSession, exemption_id: uuid.UUID) -> DocumentApproval | None:
    """On what an approval rests."""
    query = select(DocumentApproval).where(DocumentApproval.exemption_id == exemption_id)
    return await tx.scalar(query)


async def shareable(tx: ReadSession) -> Mapping[str, uuid.UUID]:
    """Hashes of files that are approved and cleared, each with a version that has it."""
    rows = await tx.execute(_SHAREABLE, {"limit": PLACED_MAX})
    return {row.sha256: row.id for row in rows}


async def open_requests(tx: ReadSession) -> int:
    """How many documents wait for a second person."""
    query = text(
        "select count(*) from compliance.exemption_request"
        " where kind = 'document_ref' and outcome = 'open'"
    )
    return int((await tx.execute(query)).scalar_one())


async def newest_revision(tx: ReadSession, document_id: uuid.UUID) -> int:
    """The number of a document's newest version."""
    query = select(func.max(DocumentRef.revision)).where(DocumentRef.document_id == document_id)
    return await tx.scalar(query) or 0
