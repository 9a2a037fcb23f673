"""What the home page shows of the calendar: how many appointments today."""

import uuid
from datetime import UTC

from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_portal.adapters import replica


async def booked_today(tx: ReadSession, _person: uuid.UUID, practice: Practice) -> int | None:
    """How many appointments today has; None while the calendar is not shared."""
    start, end = practice.bounds(practice.today())
    today = await replica.blocks_between(tx, start.astimezone(UTC), end.astimezone(UTC))
    return len(today) if await replica.is_shared(tx, "calendar_block") else None
