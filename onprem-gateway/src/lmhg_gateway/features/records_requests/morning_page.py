"""What the officer's first page shows of requests: red while one is late, and how many are open."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.records_requests import repository
from lmhg_gateway.web.points import Said, Stat
from lmhg_kit.persistence import ReadSession

LATE = "/requests?state=late"


async def late(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """Requests that should have been answered by now."""
    count = await repository.late_count(tx, today=at.date())
    if not count:
        return []
    said = "A client's request is late." if count == 1 else f"{count} requests of clients are late."
    return [Said(said, LATE)]


async def this_morning(tx: ReadSession, _at: datetime) -> Sequence[Stat]:
    """Requests that wait for an answer."""
    return [Stat(await repository.open_count(tx), "Client requests", "/requests")]
