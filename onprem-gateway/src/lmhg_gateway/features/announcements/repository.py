"""All SQL of announcements."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.announcements.models import Announcement
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of
from lmhg_kit.persistence.words import has_words


async def listed(
    tx: ReadSession, *, first: int, size: int, words: str = "", sort: str = "-written"
) -> tuple[Sequence[Announcement], int]:
    """A part of the announcements with these words in their title; and how many there are."""
    chosen = [has_words(Announcement.title, words)] if words else []
    order = Announcement.published_at
    query = select(Announcement).where(*chosen)
    ordered = query.order_by(order.asc() if sort == "written" else order.desc(), Announcement.id)
    return await part_of(tx, ordered, first=first, size=size)


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
