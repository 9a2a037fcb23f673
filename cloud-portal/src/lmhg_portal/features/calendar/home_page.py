"""What the home page shows of the calendar: how many appointments today still has."""

import uuid
from datetime import UTC

from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_portal.adapters import replica


async def left_today(tx: ReadSession, _person: uuid.UUID, practice: Practice) -> int | None:
    """How many appointments today still has; None while the calendar is not shared.

    Those that are over are not counted: their blocks are recalled once they have taken place.
    """
    now, end = practice.clock(), practice.bounds(practice.today())[1]
    today = await replica.blocks_between(tx, now.astimezone(UTC), end.astimezone(UTC))
    return len(today) if await replica.is_shared(tx, "calendar_block") else None
