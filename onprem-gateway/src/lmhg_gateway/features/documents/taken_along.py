"""Every version of a document that is stored, for an export of everything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.documents.download import file_name
from lmhg_gateway.features.documents.models import Document, DocumentVersion
from lmhg_gateway.features.documents.rules import State
from lmhg_gateway.web.leaving_points import FilesTaken, FileTaken
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.formats import short_number


async def stored_files(tx: ReadSession, after: uuid.UUID | None, limit: int) -> Sequence[FileTaken]:
    """The next files that are stored, by their version's id."""
    query = (
        select(Document, DocumentVersion)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(DocumentVersion.state == State.STORED.value)
        .order_by(DocumentVersion.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(DocumentVersion.id > after)
    return [_file(row[0], row[1]) for row in (await tx.execute(query)).all()]


def _file(document: Document, version: DocumentVersion) -> FileTaken:
    """By client's short number, then by name: the id at the end keeps two of one name apart."""
    stem, _, suffix = file_name(document, version).rpartition(".")
    folder = f"{short_number(document.client_id, 'C')}-{str(document.client_id)[-6:]}"
    name = f"{stem}-v{version.number}-{str(document.id)[-6:]}.{suffix}"
    return FileTaken(
        id=version.id,
        path=f"{folder}/{name}",
        name=str(version.id),
        size=version.size or 0,
        key=bytes.fromhex(version.data_key or ""),
    )


TAKEN = FilesTaken(
    folder="documents", table=f"practice.{DocumentVersion.__tablename__}", load=stored_files
)
