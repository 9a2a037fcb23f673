"""What the weekly packet counts of requests."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.records_requests import repository
from lmhg_gateway.features.records_requests.rules import DENIED, IN_PART
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Requests received, answered, denied in whole or part, open, and late at the week's end."""
    ended = await repository.closed_between(tx, week.begins, week.ends)
    return {
        "received": len(await repository.received_between(tx, week.first, week.last)),
        "answered": len(ended),
        "denied": sum(each in {DENIED, IN_PART} for each in ended),
        "open": await repository.open_count(tx),
        "late": await repository.late_count(tx, today=week.last),
    }
