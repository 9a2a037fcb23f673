"""What the home page shows of holds: how many wait."""

from collections.abc import Sequence

from lmhg_gateway.features.holds import repository
from lmhg_gateway.features.holds.bell import HREF, LABEL
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """What waits."""
    return [Stat(await repository.waiting_count(tx), LABEL, HREF)]
