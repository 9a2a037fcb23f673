"""What the weekly packet counts of the access log."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.access_log.service import view_counts
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Entries that each view finds in the week."""
    return await view_counts(tx, hours=week.hours, first=week.first, last=week.last)
