"""Every file of the tray as it came, for an export of everything; pictures and PDFs are made from it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.tray.kept import original, suffix_of
from lmhg_gateway.features.tray.models import PaperFile
from lmhg_gateway.features.tray.rules import FileState
from lmhg_gateway.web.leaving_points import FilesTaken, FileTaken
from lmhg_kit.persistence import ReadSession


async def stored_files(tx: ReadSession, after: uuid.UUID | None, limit: int) -> Sequence[FileTaken]:
    """The next files that are stored, by their id."""
    query = select(PaperFile).where(PaperFile.state == FileState.STORED.value)
    if after is not None:
        query = query.where(PaperFile.id > after)
    return [_file(each) for each in await tx.scalars(query.order_by(PaperFile.id).limit(limit))]


def _file(file: PaperFile) -> FileTaken:
    """By the day it came; its name is in the rows of its table."""
    kept = original(file)
    return FileTaken(
        id=file.id,
        path=f"{file.received_at:%Y-%m-%d}/{file.id}{suffix_of(file)}",
        name=kept.name,
        size=kept.size or 0,
        key=bytes.fromhex(kept.data_key or ""),
    )


TAKEN = FilesTaken(folder="tray", table=f"practice.{PaperFile.__tablename__}", load=stored_files)
