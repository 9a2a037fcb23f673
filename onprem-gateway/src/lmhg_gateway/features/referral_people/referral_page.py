"""What a referral's page shows: who takes part besides the person that it was made for."""

import uuid

from lmhg_gateway.features.referral_people.service import Person, people_of
from lmhg_kit.persistence import ReadSession


async def rows_of_referral(tx: ReadSession, referral_id: uuid.UUID) -> list[Person]:
    """In the order in which they were added."""
    return await people_of(tx, referral_id)
