"""The calendar for programs: when clinicians are busy, and nothing about anybody's care."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromQuery

from lmhg_kit.http.door import check_day
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.weeks import week_start
from lmhg_portal.adapters import replica
from lmhg_portal.features.calendar.views import bounds


class BlockOut(msgspec.Struct, frozen=True, kw_only=True):
    """One busy time."""

    id: uuid.UUID
    clinician_id: str
    starts_at: datetime
    ends_at: datetime
    busy: str


class WeekOut(msgspec.Struct, frozen=True, kw_only=True):
    """A week of busy times; where the office does not share them, an empty week says nothing."""

    first_day: date
    is_shared: bool
    blocks: list[BlockOut]


@answers("/api/v1/calendar", "calendar.read", purpose="calendar.view", tag="calendar")
async def read_week(tx: ReadSession, ask: Ask[Any], day: FromQuery[date | None] = None) -> WeekOut:
    """The week of a day, this one unless another is named."""
    wanted = day or ask.practice.today()
    check_day(wanted)
    first = week_start(wanted)
    blocks = await replica.blocks_between(tx, *bounds(first, ask.practice.zone))
    return WeekOut(
        first_day=first,
        is_shared=await replica.is_shared(tx, "calendar_block"),
        blocks=[
            BlockOut(
                id=each.id,
                clinician_id=str(each.body.clinician_id),
                starts_at=each.body.starts_at,
                ends_at=each.body.ends_at,
                busy=str(each.body.busy),
            )
            for each in blocks
        ],
    )


HANDLERS = (read_week,)
