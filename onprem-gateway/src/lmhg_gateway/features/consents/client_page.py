"""What a client's page shows of consents: all of theirs, and that none covers the treatment of a minor."""

import uuid

from lmhg_gateway.features.consents import repository
from lmhg_gateway.features.consents.rules import MISTAKE, Scope
from lmhg_gateway.features.consents.views import ConsentRow, row
from lmhg_gateway.web.points import Banner
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[ConsentRow]:
    """A client's consents: those in force first."""
    today = utc_now().date()
    return [row(each, today=today) for each in await repository.of_client(tx, client_id)]


async def banners(tx: ReadSession, client_id: uuid.UUID) -> list[Banner]:
    """That a guardian's consent ended and no other one covers it."""
    found = await repository.of_client(tx, client_id, scope=Scope.MINOR)
    is_covered = any(each.ended_at is None for each in found)
    ended = [each for each in found if each.ended_why != MISTAKE]
    if is_covered or not ended:
        return []
    return [
        Banner(
            sentence="The consent to treat this minor ended. Ask who may consent before the next visit.",
            href=f"/consents/{ended[0].id}",
            label="See the consent that ended",
        )
    ]
