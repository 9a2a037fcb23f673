"""What the home page shows of exemptions: how many wait."""

from collections.abc import Sequence

from lmhg_gateway.features.exemptions import repository
from lmhg_gateway.features.exemptions.bell import HREF, LABEL
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """What waits."""
    return [Stat(await repository.open_count(tx), LABEL, HREF)]
