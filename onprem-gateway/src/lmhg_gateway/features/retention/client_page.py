"""What a client's page says of legal holds."""

import uuid

from lmhg_gateway.features.retention import repository
from lmhg_gateway.web.points import Banner
from lmhg_kit.persistence import ReadSession


async def banners(tx: ReadSession, client_id: uuid.UUID) -> list[Banner]:
    """That this client's records are on hold."""
    found = [each for each in await repository.holds_on(tx, client_id) if each.client_id]
    if not found:
        return []
    return [
        Banner(
            sentence="Legal hold: nothing of this client can be deleted.",
            href=f"/clients/{client_id}/hold",
            label="See the hold",
        )
    ]
