"""What a client's page shows of contact attempts: when they were tried, how, and with what result."""

import uuid

from lmhg_gateway.features.contacts import repository
from lmhg_gateway.features.contacts.views import AttemptRow, attempt_rows
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[AttemptRow]:
    """A client's contact attempts, newest first."""
    found, names = await tx.together(repository.of_client(tx, client_id), staff_names(tx))
    return attempt_rows(found, names)
