"""What the weekly packet counts of incidents."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.incidents import repository
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Incidents opened and closed in the week by code, and those open now."""
    found = await repository.counts_between(tx, week.begins, week.ends)
    return {**found, "open_now": await repository.open_count(tx)}
