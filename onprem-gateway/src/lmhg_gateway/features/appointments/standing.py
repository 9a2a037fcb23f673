"""What the first page says of appointments."""

from collections.abc import Sequence

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, practice: Practice) -> Sequence[Stat]:
    """How many there are today."""
    count = await repository.count_between(tx, *practice.bounds(practice.today()))
    return [Stat(count, "Appointments today", "/appointments")]
