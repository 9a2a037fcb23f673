"""What the home page shows of announcements: the newest."""

import uuid
from collections.abc import Sequence
from typing import Any

from lmhg_contracts.kinds.announcements import Announcement
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_portal.adapters import replica

SHOWN = 3


async def newest(tx: ReadSession, _person: uuid.UUID, _practice: Practice) -> Sequence[Any]:
    """The newest of them."""
    return await replica.newest(tx, Announcement, limit=SHOWN)
