"""What a client's page shows of merges: the records that were merged into this one, newest first."""

import uuid

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.merging import repository
from lmhg_gateway.features.merging.views import MergeRow, row_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[MergeRow]:
    """The merges of which a client was a part."""
    found = await repository.of_client(tx, client_id)
    if not found:
        return []
    names = await names_of(tx, (each for row in found for each in (row.survivor_id, row.merged_id)))
    people = await staff_names(tx)
    return [row_of(each, names, people) for each in found]
