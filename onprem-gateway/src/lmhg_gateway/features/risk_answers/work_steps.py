"""What risk answers put on the work list."""

from lmhg_gateway.features.risk_answers.service import KIND, plan_one, unplanned
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep

_READ = WorkButton(label="I am on it", path="/risk-answers/{}/read", fields={})

SOURCE = WorkSource(
    kind=KIND,
    permission="risk.read",
    write="risk.write",
    path="/risk-answers/{}",
    steps=(
        WorkStep(
            code="read_answer",
            label="Read this answer now",
            lane="risk",
            buttons=(_READ,),
            is_call=True,
        ),
        WorkStep(
            code="follow_up", label="Say what was done", lane="risk", buttons=(), is_call=True
        ),
    ),
    plan=plan_one,
    unplanned=unplanned,
)
