"""Announcements for programs: listed with how far each is, read, written and changed.

Releasing one takes two people, so no program does it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.announcements import repository, service
from lmhg_gateway.features.announcements.forms import AnnouncementForm, EditAnnouncement
from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.exemptions.public import states
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class AnnouncementOut(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement; `state` in words, `is_shared` whether the portal may have it."""

    id: uuid.UUID
    version: int
    title: str
    body: str
    author_id: uuid.UUID
    published_at: datetime
    is_shared: bool
    state: str


class AnnouncementsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the announcements, and how many there are."""

    announcements: list[AnnouncementOut]
    total: int


async def _out(tx: ReadSession, found: Sequence[Announcement]) -> list[AnnouncementOut]:
    on_way: Mapping[uuid.UUID, tuple[str, str]] = await states(
        tx, kind=service.KIND, record_ids=[each.id for each in found]
    )
    return [
        AnnouncementOut(
            id=each.id,
            version=each.version,
            title=each.title,
            body=each.body,
            author_id=each.author_id,
            published_at=each.published_at,
            is_shared=each.hipaa_exempt,
            state=on_way[each.id][0],
        )
        for each in found
    ]


@answers(
    "/api/v1/announcements",
    "announcements.read",
    purpose="announcements.list",
    tag="announcements",
)
async def list_announcements(
    tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> AnnouncementsOut:
    """Fifty announcements, newest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return AnnouncementsOut(announcements=await _out(tx, found), total=total)


@answers(
    "/api/v1/announcements/{announcement_id:uuid}",
    "announcements.read",
    purpose="announcement.view",
    tag="announcements",
)
async def read_announcement(
    tx: ReadSession, _ask: Ask[Any], announcement_id: FromPath[uuid.UUID]
) -> AnnouncementOut:
    """One announcement."""
    found = await repository.by_id(tx, announcement_id)
    if found is None:
        raise NotFound("announcement")
    return (await _out(tx, [found]))[0]


@does(
    "/api/v1/announcements",
    "announcements.write",
    purpose="announcement.write",
    tag="announcements",
    status=201,
)
async def add_announcement(
    tx: WriteSession, ask: Ask[Any], data: JSONBody[AnnouncementForm]
) -> AnnouncementOut:
    """Write one, for this plane alone."""
    made = await service.write(tx, data, by=ask.by, at=ask.at)
    return (await _out(tx, [made]))[0]


@does(
    "/api/v1/announcements/{announcement_id:uuid}",
    "announcements.write",
    purpose="announcement.edit",
    tag="announcements",
    method="PUT",
)
async def change_announcement(
    tx: WriteSession,
    ask: Ask[Any],
    announcement_id: FromPath[uuid.UUID],
    data: JSONBody[EditAnnouncement],
) -> AnnouncementOut:
    """Change one that is not released and not proposed, from the version that was seen.

    The author may change one that is held for review too, which takes its approval back.
    """
    await service.edit(tx, announcement_id, data, by=ask.by, at=ask.at)
    await tx.flush()
    found = await repository.by_id(tx, announcement_id)
    if found is None:
        raise NotFound("announcement")
    await tx.refresh(found)
    return (await _out(tx, [found]))[0]


HANDLERS = (list_announcements, read_announcement, add_announcement, change_announcement)
