"""What the weekly packet counts of downtime."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.downtime import repository, service
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Packets opened in the week, and outages of the last days that nobody answered."""
    found = await service.health(tx, at=week.at)
    opened = await repository.opened_between(tx, week.begins, week.ends)
    return {"opened": opened, "unanswered": len(found.unanswered)}
