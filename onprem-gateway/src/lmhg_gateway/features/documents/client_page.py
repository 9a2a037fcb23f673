"""What a client's page shows of documents: all of theirs, newest first."""

import uuid

from lmhg_gateway.features.documents import repository
from lmhg_gateway.features.documents.views import DocumentRow, row_of
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[DocumentRow]:
    """A client's documents, newest first."""
    return [row_of(*each) for each in await repository.of_client(tx, client_id)]
