"""What consents put on the work list: to ask for a new one, 30 days before the end."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.consents import repository
from lmhg_gateway.features.consents.rules import RENEW
from lmhg_gateway.features.consents.service import WORK, plan_one
from lmhg_gateway.web.points import WorkSource, WorkStep
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession


async def unplanned(tx: ReadSession, limit: int) -> Sequence[uuid.UUID]:
    """Consents that end soon and are missing from the work list."""
    return await repository.not_on(tx, WORK, today=utc_now().date(), limit=limit)


SOURCE = WorkSource(
    kind=WORK,
    permission="consents.read",
    write="consents.write",
    path="/consents/{}",
    steps=(WorkStep(code=RENEW, label="Ask for a new consent", lane="paperwork", is_call=True),),
    plan=plan_one,
    unplanned=unplanned,
)
