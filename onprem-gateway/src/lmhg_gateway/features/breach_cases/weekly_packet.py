"""What the weekly packet counts of breach cases."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.breach_cases.morning_page import counts
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """How the breach cases are at the end of the week."""
    count, late, soon = await counts(tx, week.last)
    return {"open_now": count, "late": late, "due_soon": soon}
