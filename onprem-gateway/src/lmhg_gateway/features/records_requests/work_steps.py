"""What requests put on the work list: each from the day on which it has to be seen to."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.records_requests import repository
from lmhg_gateway.features.records_requests.clock_rules import ANSWER, ANSWER_LATE
from lmhg_gateway.features.records_requests.service import WORK, plan_one
from lmhg_gateway.web.points import WorkSource, WorkStep
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession


async def unplanned(tx: ReadSession, limit: int) -> Sequence[uuid.UUID]:
    """Open requests whose day has come and that are missing from the work list."""
    # A day of Greenwich may be one ahead of the practice's: planning one too early changes nothing.
    return await repository.not_on(tx, WORK, today=utc_now().date(), limit=limit)


SOURCE = WorkSource(
    kind=WORK,
    permission="records_requests.read",
    write="records_requests.write",
    path="/requests/{}",
    steps=(
        WorkStep(code=ANSWER, label="Answer their request", lane="requests"),
        WorkStep(code=ANSWER_LATE, label="Answer their request: it is late", lane="requests"),
    ),
    plan=plan_one,
    unplanned=unplanned,
)
