"""Every version of the library's documents that is stored, for an export of everything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.library.models import DocumentRef, SharedFile
from lmhg_gateway.features.library.rules import State
from lmhg_gateway.web.leaving_points import FilesTaken, FileTaken
from lmhg_kit.persistence import ReadSession


async def stored_files(tx: ReadSession, after: uuid.UUID | None, limit: int) -> Sequence[FileTaken]:
    """The next files that are stored, by their version's id."""
    query = (
        select(DocumentRef, SharedFile)
        .join(SharedFile, SharedFile.id == DocumentRef.id)
        .where(SharedFile.state == State.STORED.value)
        .order_by(SharedFile.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(SharedFile.id > after)
    return [_file(row[0], row[1]) for row in (await tx.execute(query)).all()]


def _file(record: DocumentRef, file: SharedFile) -> FileTaken:
    """By its name: the id at the end keeps two of one name apart."""
    stem, _, suffix = record.file_name.rpartition(".")
    return FileTaken(
        id=file.id,
        path=f"{stem}-v{record.revision}-{str(record.document_id)[-6:]}.{suffix}",
        name=str(file.id),
        size=record.size or 0,
        key=bytes.fromhex(file.data_key or ""),
    )


TAKEN = FilesTaken(
    folder="library", table=f"practice.{SharedFile.__tablename__}", load=stored_files
)
