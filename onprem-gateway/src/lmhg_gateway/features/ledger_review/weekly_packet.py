"""What the weekly packet counts of the ledgers: which were verified, and which were not sound."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.ledger_review.repository import newest_check
from lmhg_gateway.features.ledger_review.service import LEDGERS
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Ledgers verified since the week ended, and those that were not or were not sound."""
    found: dict[str, int] = {"not_sound": 0, "not_checked": 0}
    for ledger in LEDGERS:
        check = await newest_check(tx, ledger)
        is_new = (
            check is not None and check.finished_at is not None and check.finished_at >= week.ends
        )
        found[f"{ledger}_entries"] = (check.size or 0) if check and is_new else 0
        found["not_checked"] += not is_new
        found["not_sound"] += bool(check and is_new and not check.is_sound)
    return found
