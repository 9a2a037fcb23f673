"""All SQL of uploads."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from lmhg_gateway.features.uploads.models import Upload
from lmhg_gateway.features.uploads.rules import State
from lmhg_kit.persistence import ReadSession, WriteSession


async def by_id(tx: ReadSession, upload_id: uuid.UUID) -> Upload | None:
    """One upload."""
    return await tx.scalar(select(Upload).where(Upload.id == upload_id))


async def locked(tx: WriteSession, upload_id: uuid.UUID) -> Upload | None:
    """One upload, held until this unit of work ends."""
    query = select(Upload).where(Upload.id == upload_id).with_for_update()
    return await tx.scalar(query, execution_options={"populate_existing": True})


async def count_open(tx: WriteSession, owner: str, *, at: datetime) -> int:
    """How many uploads of someone take bytes; they are held, so the next one to count waits."""
    mine = (Upload.owner == owner, Upload.state == State.OPEN, Upload.expires_at > at)
    await tx.execute(select(Upload.id).where(*mine).order_by(Upload.id).with_for_update())
    return await tx.scalar(select(func.count()).select_from(Upload).where(*mine)) or 0


async def add(tx: WriteSession, upload: Upload) -> None:
    """Keep an upload; it stays on-prem."""
    tx.add(upload)
    await tx.flush()


async def remove(tx: WriteSession, ids: Iterable[uuid.UUID]) -> None:
    """Delete uploads."""
    await tx.execute(delete(Upload).where(Upload.id.in_(list(ids))))


async def over(tx: ReadSession, *, at: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Uploads that nobody finished in time, and those whose bytes are elsewhere."""
    is_late = (Upload.state == State.OPEN) & (Upload.expires_at <= at)
    query = select(Upload.id).where(is_late | (Upload.state == State.DONE)).limit(limit)
    return (await tx.scalars(query)).all()


async def known(tx: ReadSession, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these uploads there are."""
    return set(await tx.scalars(select(Upload.id).where(Upload.id.in_(list(ids)))))
