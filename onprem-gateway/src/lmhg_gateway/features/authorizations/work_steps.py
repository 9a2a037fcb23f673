"""What authorizations put on the work list."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.authorizations.service import (
    ANSWER,
    ASK,
    KIND,
    NONE_LEFT,
    RENEW,
    plan_one,
)
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep
from lmhg_kit.persistence import ReadSession

_ASKED = WorkButton(label="Asked for more", path="/authorizations/{}/asked", fields={})
_END = WorkButton(label="Not needed", path="/authorizations/{}/end", fields={})


async def found_by_its_job(_tx: ReadSession, _limit: int) -> Sequence[uuid.UUID]:
    """None: which are near their last day depends on the practice's day, so a job of its own finds them."""
    return ()


SOURCE = WorkSource(
    kind=KIND,
    permission="authorizations.read",
    write="authorizations.write",
    path="/authorizations/{}",
    steps=(
        WorkStep(
            code=NONE_LEFT,
            label="No visits left: ask before the next one",
            lane="insurance",
            buttons=(_ASKED, _END),
        ),
        WorkStep(code=ASK, label="Ask for more visits", lane="insurance", buttons=(_ASKED, _END)),
        WorkStep(
            code=RENEW,
            label="Renew before the last day",
            lane="insurance",
            buttons=(_ASKED, _END),
        ),
        WorkStep(
            code=ANSWER,
            label="Get an answer: more visits",
            lane="insurance",
            buttons=(_ASKED, _END),
        ),
    ),
    plan=plan_one,
    unplanned=found_by_its_job,
)
