"""What a client's page shows: referrals in which they take part, though they were made for someone else."""

import uuid

from lmhg_gateway.features.referral_people.service import TakesPart, takes_part
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[TakesPart]:
    """Newest first."""
    return await takes_part(tx, [client_id])
