"""What a client's page shows of referrals: all of theirs, newest first."""

import uuid

from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.views import ReferralRow, row_of
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[ReferralRow]:
    """A client's referrals, newest first."""
    found = await repository.of_client(tx, client_id)
    return [row_of(each, "", at=utc_now()) for each in found]
