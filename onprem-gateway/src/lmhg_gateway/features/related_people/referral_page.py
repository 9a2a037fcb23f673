"""What a referral's page shows of the people around the client: whom one may call, and what to keep to."""

import uuid

from lmhg_gateway.features.referrals.public import client_of
from lmhg_gateway.features.related_people import repository
from lmhg_gateway.features.related_people.views import PersonRow, row
from lmhg_kit.persistence import ReadSession


async def people_of_referral(tx: ReadSession, referral_id: uuid.UUID) -> list[PersonRow]:
    """The people, who is called in an emergency first."""
    client_id = await client_of(tx, referral_id)
    return [row(each) for each in await repository.of_client(tx, client_id)]
