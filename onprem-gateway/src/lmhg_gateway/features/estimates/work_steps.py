"""What estimates put on the work list: to give one, until its time."""

from lmhg_gateway.features.estimates.rules import GIVE
from lmhg_gateway.features.estimates.service import WORK, plan_one, unplanned
from lmhg_gateway.web.points import WorkSource, WorkStep

SOURCE = WorkSource(
    kind=WORK,
    permission="estimates.read",
    write="estimates.write",
    path="/estimates/{}",
    steps=(WorkStep(code=GIVE, label="Give the good-faith estimate", lane="paperwork"),),
    plan=plan_one,
    unplanned=unplanned,
)
