"""What a client's page shows of estimates: what is owed first, then the newest."""

import uuid

from lmhg_gateway.features.estimates import repository
from lmhg_gateway.features.estimates.views import EstimateRow, row
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[EstimateRow]:
    """A client's estimates."""
    at = utc_now()
    return [row(each, "", at=at) for each in await repository.of_client(tx, client_id)]
