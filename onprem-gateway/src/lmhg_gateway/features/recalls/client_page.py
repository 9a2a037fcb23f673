"""What a client's page shows of recalls, and what home counts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.recalls import reading, repository
from lmhg_gateway.features.recalls.listed import NOW, PATH
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[tuple[str, str, datetime]]:
    """What was decided about a client with nothing booked, newest first."""
    found = await repository.of_client(tx, client_id)
    return reading.said(found, {})


async def at_home(tx: ReadSession, practice: Practice) -> Sequence[Stat]:
    """How many are to be asked this month."""
    total = await repository.count_wanted(tx, month=practice.today())
    return [Stat(total, "To ask back this month", f"{PATH}?view={NOW}")] if total else []
