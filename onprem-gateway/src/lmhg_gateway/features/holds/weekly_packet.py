"""What the weekly packet counts of holds."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.holds import repository
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Holds made and decided in the week, and what waits now."""
    return await repository.counts_between(tx, week.begins, week.ends)
