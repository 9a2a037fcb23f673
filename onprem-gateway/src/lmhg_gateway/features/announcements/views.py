"""Announcements as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.compliance.public import Crossing


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
    state_kind: str


def row(
    announcement: Announcement, crossing: Crossing, names: Mapping[str, str]
) -> AnnouncementRow:
    """An announcement with how far it is."""
    return AnnouncementRow(
        id=announcement.id,
        title=announcement.title,
        body=announcement.body,
        author=names.get(str(announcement.author_id), "A colleague"),
        published_at=announcement.published_at,
        version=announcement.version,
        state=crossing.state,
        state_kind=crossing.kind,
    )


def rows(
    found: Iterable[Announcement],
    crossings: Mapping[uuid.UUID, Crossing],
    names: Mapping[str, str],
) -> list[AnnouncementRow]:
    """The list's rows."""
    return [row(each, crossings[each.id], names) for each in found]
