"""Announcements as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.announcements.models import Announcement


@dataclass(frozen=True)
class AnnouncementRow:
    """One announcement in the list."""

    id: uuid.UUID
    title: str
    body: str
    author: str
    published_at: datetime
    version: int
    state: str
    state_tone: str


def row(
    announcement: Announcement, state: tuple[str, str], names: Mapping[str, str]
) -> AnnouncementRow:
    """An announcement with how far it is."""
    return AnnouncementRow(
        id=announcement.id,
        title=announcement.title,
        body=announcement.body,
        author=names.get(str(announcement.author_id), "A colleague"),
        published_at=announcement.published_at,
        version=announcement.version,
        state=state[0],
        state_tone=state[1],
    )


def rows(
    found: Iterable[Announcement],
    states: Mapping[uuid.UUID, tuple[str, str]],
    names: Mapping[str, str],
) -> list[AnnouncementRow]:
    """The list's rows."""
    return [row(each, states[each.id], names) for each in found]
