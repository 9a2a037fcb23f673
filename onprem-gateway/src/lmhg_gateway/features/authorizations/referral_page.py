"""What a referral's page shows of authorizations."""

import uuid

from lmhg_gateway.features.authorizations import repository
from lmhg_gateway.features.authorizations.models import VisitAuthorization
from lmhg_kit.persistence import ReadSession


async def rows_of_referral(tx: ReadSession, referral_id: uuid.UUID) -> list[VisitAuthorization]:
    """Those of one referral, those that hold first."""
    return list(await repository.of_referral(tx, referral_id))
