"""All SQL of announcements."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.announcements.models import Announcement
from lmhg_kit.http.lists import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.words import has_words


async def listed(tx: ReadSession, *, page: int) -> Sequence[Announcement]:
    """One page of announcements and one more, newest first."""
    query = select(Announcement).order_by(Announcement.published_at.desc())
    return (await tx.scalars(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1))).all()


async def titled(tx: ReadSession, words: str, *, limit: int) -> Sequence[Announcement]:
    """Announcements whose title has these words, newest first."""
    query = select(Announcement).where(has_words(Announcement.title, words))
    return (await tx.scalars(query.order_by(Announcement.published_at.desc()).limit(limit))).all()


async def by_id(tx: ReadSession, announcement_id: uuid.UUID) -> Announcement | None:
    """One announcement."""
    return await tx.get(Announcement, announcement_id)


async def locked(tx: WriteSession, announcement_id: uuid.UUID) -> Announcement | None:
    """One announcement, held until this unit of work ends."""
    query = select(Announcement).where(Announcement.id == announcement_id).with_for_update()
    return await tx.scalar(query)


async def add(tx: WriteSession, announcement: Announcement) -> None:
    """Keep a new announcement; nothing leaves until it is approved."""
    tx.add(announcement)
    await tx.flush()
