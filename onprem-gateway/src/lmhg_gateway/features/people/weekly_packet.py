"""What the weekly packet counts of people who left."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.people.repository import count_offboardings
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """How many people left in the week."""
    return {"left": await count_offboardings(tx, week.begins, week.ends)}
