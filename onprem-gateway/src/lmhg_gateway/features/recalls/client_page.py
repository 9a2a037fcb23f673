"""What a client's page shows of recalls."""

import uuid
from datetime import datetime

from lmhg_gateway.features.recalls import reading, repository
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[tuple[str, str, datetime]]:
    """What was decided about a client with nothing booked, newest first."""
    return reading.said(await repository.of_client(tx, client_id), {})
