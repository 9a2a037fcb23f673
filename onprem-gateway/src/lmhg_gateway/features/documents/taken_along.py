"""Every file that is stored, for an export of everything: where it goes, and its bytes."""

import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.features.documents.download import file_name, opened
from lmhg_gateway.features.documents.models import Document, DocumentVersion
from lmhg_gateway.features.documents.rules import State
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.formats import short_number


class StoredFile(NamedTuple):
    """One version of a document, and under which name it is taken along."""

    id: uuid.UUID
    path: str
    version: DocumentVersion


async def stored_files(
    tx: ReadSession, *, after: uuid.UUID | None, limit: int
) -> Sequence[StoredFile]:
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


def _file(document: Document, version: DocumentVersion) -> StoredFile:
    """By client's short number, then by name: the id at the end keeps two of one name apart."""
    stem, _, suffix = file_name(document, version).rpartition(".")
    folder = f"{short_number(document.client_id, 'C')}-{str(document.client_id)[-6:]}"
    name = f"{stem}-v{version.number}-{str(document.id)[-6:]}.{suffix}"
    return StoredFile(version.id, f"{folder}/{name}", version)


def opened_file(store: ObjectStore, each: StoredFile) -> Iterator[bytes]:
    """The plain bytes of a file. Raises: Unavailable, SealBroken."""
    size, key = each.version.size or 0, bytes.fromhex(each.version.data_key or "")
    return opened(store, str(each.id), size=size, key=key, first=0, last=size - 1)
