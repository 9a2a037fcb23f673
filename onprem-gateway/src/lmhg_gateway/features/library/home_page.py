"""What the first page of an approving person counts: documents that wait for them."""

from collections.abc import Sequence

from lmhg_gateway.features.library import repository
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """Documents that wait for a second person; nothing where none does."""
    count = await repository.open_requests(tx)
    return [Stat(count, "Documents to approve", "/library")] if count else []
