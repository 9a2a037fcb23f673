"""What the morning page shows of holds: how many wait."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.holds import repository
from lmhg_gateway.features.holds.bell import HREF, LABEL
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession


async def this_morning(tx: ReadSession, _at: datetime) -> Sequence[Stat]:
    """What waits."""
    return [Stat(await repository.waiting_count(tx), LABEL, HREF)]
