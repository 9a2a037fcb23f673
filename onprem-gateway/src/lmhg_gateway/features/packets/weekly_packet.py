"""What a weekly packet counts of the packets before it."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.packets import repository
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Earlier packets that are unsigned, or were signed late."""
    return await repository.late_counts(tx, before=week.first, at=week.at)
