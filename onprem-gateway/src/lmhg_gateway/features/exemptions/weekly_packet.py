"""What the weekly packet counts of exemptions."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.exemptions import week_repository
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Exemptions of single records in the week."""
    return await week_repository.exemptions(tx, week.begins, week.ends)


async def kinds_of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Standing approvals in the week."""
    return await week_repository.standing(tx, week.begins, week.ends)
