"""Announcements for programs: those that the practice shares, and one of them."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath

from lmhg_contracts.kinds.announcements import Announcement
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters import replica
from lmhg_portal.features.announcements import repository


class AnnouncementOut(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement, as the office released it."""

    id: uuid.UUID
    title: str
    body: str
    author_id: str
    published_at: datetime


class AnnouncementsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The newest announcements, at most 500, and how many there are."""

    announcements: list[AnnouncementOut]
    total: int


def _out(found: replica.Received[Announcement]) -> AnnouncementOut:
    return AnnouncementOut(
        id=found.id,
        title=found.body.title,
        body=found.body.body,
        author_id=str(found.body.author_id),
        published_at=found.body.published_at,
    )


@answers(
    "/api/v1/announcements",
    "announcements.read",
    purpose="announcements.list",
    tag="announcements",
)
async def list_announcements(tx: ReadSession, _ask: Ask[Any]) -> AnnouncementsOut:
    """The announcements that came last, the latest first."""
    found = [_out(each) for each in await replica.newest(tx, Announcement)]
    ordered = sorted(found, key=lambda each: each.published_at, reverse=True)
    return AnnouncementsOut(announcements=ordered, total=await repository.count(tx))


@answers(
    "/api/v1/announcements/{record_id:uuid}",
    "announcements.read",
    purpose="announcements.view",
    tag="announcements",
)
async def read_announcement(
    tx: ReadSession, _ask: Ask[Any], record_id: FromPath[uuid.UUID]
) -> AnnouncementOut:
    """One announcement, until the office takes it back."""
    found = await replica.one(tx, Announcement, record_id)
    if found is None:
        raise NotFound("announcement_gone")
    return _out(found)


HANDLERS = (list_announcements, read_announcement)
