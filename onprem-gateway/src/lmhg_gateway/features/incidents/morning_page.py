"""What the morning page shows of incidents: how many wait."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.incidents import repository
from lmhg_gateway.features.incidents.bell import HREF, LABEL
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession


async def this_morning(tx: ReadSession, _at: datetime) -> Sequence[Stat]:
    """What waits."""
    return [Stat(await repository.open_count(tx), LABEL, HREF)]
