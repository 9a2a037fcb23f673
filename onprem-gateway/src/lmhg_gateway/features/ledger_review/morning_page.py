"""What turns the morning page red: a ledger that was not sound when it was last verified."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.ledger_review.finding_rules import LEDGER_NAMES
from lmhg_gateway.features.ledger_review.repository import newest_check
from lmhg_gateway.features.ledger_review.service import LEDGERS
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession


async def not_sound(tx: ReadSession, _at: datetime) -> Sequence[Said]:
    """Ledgers that were not sound when they were last verified."""
    red: list[Said] = []
    for ledger in LEDGERS:
        check = await newest_check(tx, ledger)
        if check is not None and check.is_sound is False:
            said = f"The last check of the {LEDGER_NAMES[ledger]} found a problem."
            red.append(Said(said, "/compliance/ledger"))
    return red
