"""What screening reads of a version beside its record: the pages of its file, for these very bytes."""

import uuid
from collections.abc import Sequence

from lmhg_contracts.kinds.base import Record
from lmhg_gateway.features.library import repository
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.releasing import FileTexts


async def pages_of(
    tx: ReadSession, record_id: uuid.UUID, body: Record | None = None
) -> Sequence[str] | None:
    """What the file says, page by page; None where nobody knows, which holds the record.

    With a body, that of the file whose hash it names: another one says nothing about it. Without, that of the
    file as it is here. Where the program could not read all of a file, someone's statement has to be on record.
    """
    record, file = await repository.by_id(tx, record_id), await repository.file_of(tx, record_id)
    if record is None or file is None or record.sha256 is None:
        return None
    pages = [each.said or "" for each in await repository.pages_of(tx, record_id)]
    if body is None:
        return pages
    if getattr(body, "sha256", "") != record.sha256:
        return None
    if not file.is_whole and not await repository.is_vouched(tx, record_id, sha256=record.sha256):
        return None
    return pages


async def keep_look(
    tx: WriteSession, record_id: uuid.UUID, found: Sequence[dict[str, str]]
) -> None:
    """What a look at a file found, before anyone may ask to share it."""
    file = await repository.locked_file(tx, record_id)
    if file is not None and file.looked_at is None:
        file.looked_at, file.found = utc_now(), list(found)


SCREENED = FileTexts(waiting=repository.to_look_at, pages=pages_of, keep=keep_look)
