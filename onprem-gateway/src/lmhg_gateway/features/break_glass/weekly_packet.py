"""What the weekly packet counts of break-glass."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.break_glass.repository import counts_between
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Openings of the week, and how each was judged."""
    return await counts_between(tx, week.begins, week.ends)
