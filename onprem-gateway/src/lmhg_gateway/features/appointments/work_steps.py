"""What appointments put on the work list: what is left to do after a visit was canceled or missed."""

from lmhg_gateway.features.appointments.desk import KIND, plan_one, unplanned
from lmhg_gateway.features.appointments.follow_up_rules import FollowUp
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep

STEPS = (
    WorkStep(
        code=FollowUp.CANCEL_ELSEWHERE.value,
        label="Cancel it in IntakeQ too",
        lane="visits",
        buttons=(WorkButton(label="Not canceled", path="/appointments/{}/cancel/undo", fields={}),),
    ),
    WorkStep(
        code=FollowUp.MISSED.value,
        label="Call: missed the visit",
        lane="visits",
        buttons=(WorkButton(label="Seen to", path="/appointments/{}/seen-to", fields={}),),
        is_call=True,
    ),
)

SOURCE = WorkSource(
    kind=KIND,
    permission="appointments.read",
    write="appointments.write",
    path="/appointments/{}",
    steps=STEPS,
    plan=plan_one,
    unplanned=unplanned,
)
