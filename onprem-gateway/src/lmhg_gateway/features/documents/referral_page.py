"""What a referral's page shows of documents: those that came with it, newest first."""

import uuid

from lmhg_gateway.features.documents import repository
from lmhg_gateway.features.documents.views import DocumentRow, row_of
from lmhg_kit.persistence import ReadSession


async def rows_of_referral(tx: ReadSession, referral_id: uuid.UUID) -> list[DocumentRow]:
    """A referral's documents, newest first."""
    return [row_of(*each) for each in await repository.of_referral(tx, referral_id)]
