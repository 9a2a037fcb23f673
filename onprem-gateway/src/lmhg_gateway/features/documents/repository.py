"""All SQL of documents."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, func, select, text

from lmhg_gateway.features.documents.models import (
    Document,
    DocumentHold,
    DocumentStep,
    DocumentVersion,
)
from lmhg_gateway.features.documents.rules import PENDING, UNDO_FOR, State
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

LISTED_MAX = 100
STEPS_MAX = 500
CHECKED_AT_ONCE = 20
BELL = "document_version"
"""Rung when there is a file to check."""
Listed = tuple[Document, DocumentVersion]


async def by_id(tx: ReadSession, document_id: uuid.UUID) -> Document | None:
    """One document."""
    return await tx.scalar(select(Document).where(Document.id == document_id))


async def locked(tx: WriteSession, document_id: uuid.UUID) -> Document | None:
    """One document, held until this unit of work ends."""
    return await tx.scalar(select(Document).where(Document.id == document_id).with_for_update())


_NEWEST = (
    select(func.max(DocumentVersion.number))
    .where(DocumentVersion.document_id == Document.id)
    .correlate(Document)
    .scalar_subquery()
)


def _listed() -> Select[Document, DocumentVersion]:
    return (
        select(Document, DocumentVersion)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(Document.removed_at.is_(None), DocumentVersion.number == _NEWEST)
        .order_by(DocumentVersion.added_at.desc(), Document.id)
        .limit(LISTED_MAX)
    )


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[Listed]:
    """A client's documents with their newest versions, newest first."""
    found = await tx.execute(_OF_CLIENT, {"client_id": client_id})
    return [(row[0], row[1]) for row in found.all()]


_OF_CLIENT = _listed().where(Document.client_id == bindparam("client_id"))


async def of_referral(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[Listed]:
    """A referral's documents with their newest versions, newest first."""
    found = await tx.execute(_listed().where(Document.referral_id == referral_id))
    return [(row[0], row[1]) for row in found.all()]


async def versions(tx: ReadSession, document_id: uuid.UUID) -> Sequence[DocumentVersion]:
    """The versions of a document, newest first."""
    query = select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    return (await tx.scalars(query.order_by(DocumentVersion.number.desc()))).all()


async def version(tx: ReadSession, document_id: uuid.UUID, number: int) -> DocumentVersion | None:
    """One version of a document."""
    return await tx.scalar(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document_id, DocumentVersion.number == number
        )
    )


async def version_of_upload(tx: ReadSession, upload_id: uuid.UUID) -> DocumentVersion | None:
    """The version that was made of an upload."""
    return await tx.scalar(select(DocumentVersion).where(DocumentVersion.upload_id == upload_id))


async def newest_number(tx: ReadSession, document_id: uuid.UUID) -> int:
    """The number of a document's newest version."""
    newest = select(func.max(DocumentVersion.number)).where(
        DocumentVersion.document_id == document_id
    )
    return await tx.scalar(newest) or 0


async def hold_on(tx: ReadSession, document_id: uuid.UUID) -> DocumentHold | None:
    """The hold that a document is under."""
    return await tx.scalar(
        select(DocumentHold).where(
            DocumentHold.document_id == document_id, DocumentHold.lifted_at.is_(None)
        )
    )


async def steps(tx: ReadSession, document_id: uuid.UUID) -> Sequence[DocumentStep]:
    """What was done with a document, newest first."""
    query = select(DocumentStep).where(DocumentStep.document_id == document_id)
    return (await tx.scalars(query.order_by(DocumentStep.done_at.desc()).limit(STEPS_MAX))).all()


async def add(
    tx: WriteSession, record: Document | DocumentVersion | DocumentHold | DocumentStep
) -> None:
    """Keep a record; all of them stay on-prem."""
    tx.add(record)
    await tx.flush()


async def ring(tx: WriteSession) -> None:
    """Tell the worker that there is a file to check, once this is committed."""
    await tx.execute(text("select pg_notify(:bell, '')"), {"bell": BELL})


async def to_check(tx: ReadSession) -> Sequence[DocumentVersion]:
    """Versions whose files are not checked, a few: the first that came first, those that were tried before last."""
    query = select(DocumentVersion).where(DocumentVersion.state.in_(list(PENDING)))
    order = query.order_by(
        DocumentVersion.state == State.WAITING, DocumentVersion.added_at, DocumentVersion.id
    )
    return (await tx.scalars(order.limit(CHECKED_AT_ONCE))).all()


async def version_by_id(tx: WriteSession, version_id: uuid.UUID) -> DocumentVersion | None:
    """One version, held until this unit of work ends."""
    query = select(DocumentVersion).where(DocumentVersion.id == version_id)
    return await tx.scalar(query.with_for_update())


async def to_remove(
    tx: ReadSession, *, at: datetime, after: uuid.UUID, limit: int
) -> Sequence[uuid.UUID]:
    """The next deleted documents that can no longer be brought back, and that nobody holds, by their ids."""
    is_held = exists().where(
        DocumentHold.document_id == Document.id, DocumentHold.lifted_at.is_(None)
    )
    of_held = func.relay_release.is_held(func.relay_release.one_person(Document.client_id))
    query = select(Document.id).where(
        Document.deleted_at <= at - UNDO_FOR,
        Document.removed_at.is_(None),
        Document.id > after,
        ~is_held,
        ~of_held,
    )
    return (await tx.scalars(query.order_by(Document.id).limit(limit))).all()


async def left_in_store(tx: ReadSession, *, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
    """The next versions of removed documents whose objects may still be in the store, by their ids."""
    query = select(DocumentVersion.id).where(
        DocumentVersion.state == State.REMOVED,
        DocumentVersion.is_gone.is_(False),
        DocumentVersion.id > after,
    )
    return (await tx.scalars(query.order_by(DocumentVersion.id).limit(limit))).all()


async def held_among(tx: ReadSession, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these documents are on hold."""
    query = select(DocumentHold.document_id).where(
        DocumentHold.document_id.in_(ids), DocumentHold.lifted_at.is_(None)
    )
    return set(await tx.scalars(query)) if ids else set()


async def held_documents(
    tx: ReadSession, *, first: int, size: int
) -> tuple[list[tuple[Document, DocumentHold]], int]:
    """A part of the documents on hold with their holds, newest hold first, and how many there are in all."""
    query = (
        select(DocumentHold)
        .where(DocumentHold.lifted_at.is_(None))
        .order_by(DocumentHold.placed_at.desc(), DocumentHold.id)
    )
    holds, total = await part_of(tx, query, first=first, size=size)
    ids = [each.document_id for each in holds]
    found = await tx.scalars(select(Document).where(Document.id.in_(ids))) if ids else ()
    known = {each.id: each for each in found}
    return [(known[each.document_id], each) for each in holds], total
