"""What the weekly packet counts of outside services."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.vendors import service
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """How the contracts with outside services are at the end of the week."""
    found = await service.counts(tx, today=week.last)
    return {"services": found.total, "not_in_order": found.bad, "due_soon": found.soon}
