"""What other pages say of the ledgers: whether each was sound, and what the week's packet counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lmhg_gateway.features.ledger_review.repository import newest_check
from lmhg_gateway.features.ledger_review.service import LEDGERS
from lmhg_gateway.web.points import Said, WeekSpan
from lmhg_kit.persistence import ReadSession


async def not_sound(tx: ReadSession, _at: datetime) -> Sequence[Said]:
    """Ledgers that were not sound when they were last verified."""
    red: list[Said] = []
    for ledger in LEDGERS:
        check = await newest_check(tx, ledger)
        if check is not None and check.is_sound is False:
            said = f"The {ledger} ledger was not sound when it was last verified."
            red.append(Said(said, "/compliance/ledger"))
    return red


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
