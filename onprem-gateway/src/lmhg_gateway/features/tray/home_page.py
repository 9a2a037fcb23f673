"""What the first page shows of the tray: how many papers wait."""

from collections.abc import Sequence

from lmhg_gateway.features.tray import repository
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """Papers that belong to no one yet."""
    count, _ = await repository.waiting(tx)
    return [Stat(count, "Papers in the tray", "/tray")]
