"""A part of a list comes with the count of the whole list, whichever part is asked for."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lmhg_gateway.features.announcements.models import Announcement
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.parts import Part, part_of
from lmhg_kit.persistence.session import Actor
from lmhg_stack.testing import PlaneDatabase

WORKER = Actor(id="process: worker")
GONE = """
do $$ begin
    perform set_config('app.actor', 'process: test', true), set_config('app.purpose', 'test', true);
    delete from practice.announcement where title = 'Other' or title like 'Part _';
end $$
"""
LISTED = select(Announcement).where(Announcement.title.startswith("Part"))


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """Seven announcements that the list finds, and one that it does not; gone afterwards."""
    database = Database(onprem.url("gw_worker"), pool_size=1)
    async with database.uow(WORKER, "test") as tx:
        for n in range(8):
            tx.sync_session.add(
                Announcement(
                    id=uuid.UUID(int=0xA000 + n), title=f"Part {n}" if n else "Other", body="Text.",
                    author_id=uuid.UUID(int=0xA0A), published_at=datetime(2026, 11, n + 1, tzinfo=UTC),
                )
            )  # fmt: skip
    yield database
    await database.close()
    await onprem.run(GONE)


@pytest.mark.parametrize(
    ("first", "size", "titles"),
    [(0, 3, ["Part 1", "Part 2", "Part 3"]), (6, 3, ["Part 7"]), (9, 3, [])],
)
async def test_part_has_the_count_of_all(
    db: Database, first: int, size: int, titles: list[str]
) -> None:
    """At the beginning, at the end, and behind it; what the list does not find is not counted."""
    ordered = LISTED.order_by(Announcement.published_at)
    async with db.read(WORKER, "test") as tx:
        found, total = await part_of(tx, ordered, first=first, size=size)
        assert ([each.title for each in found], total) == (titles, 7)
        assert await part_of(tx, ordered.where(Announcement.title == "none"), first=0, size=3) == (
            [],
            0,
        )


@pytest.mark.parametrize(
    ("most", "first", "total"), [(100, 0, 7), (7, 0, 7), (6, 0, 7), (3, 0, 4), (3, 9, 4)]
)
async def test_count_goes_no_further_than_one_more_than_its_bound(
    db: Database, most: int, first: int, total: int
) -> None:
    """So that who reads it knows that there are more; behind the last row too."""
    part = Part(LISTED.order_by(Announcement.title), count_max=most)
    async with db.read(WORKER, "test") as tx:
        rows, counted = await part.read(tx, first=first, size=2)
    assert counted == total
    assert [each.title for each in rows] == (["Part 1", "Part 2"] if first == 0 else [])
