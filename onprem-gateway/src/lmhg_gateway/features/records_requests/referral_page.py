"""What a referral's page shows of requests: what was agreed with the person about telling others."""

import uuid

from lmhg_gateway.features.records_requests import repository
from lmhg_gateway.features.records_requests.views import ForceRow, force_row
from lmhg_gateway.features.referrals.public import client_of
from lmhg_kit.persistence import ReadSession


async def force_of_referral(tx: ReadSession, referral_id: uuid.UUID) -> list[ForceRow]:
    """What is in force, where the referrer may be told."""
    client_id = await client_of(tx, referral_id)
    return [force_row(each) for each in await repository.in_force(tx, client_id)]
