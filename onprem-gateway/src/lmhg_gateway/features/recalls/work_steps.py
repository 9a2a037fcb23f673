"""What recalls put on the work list: a call in the month in which someone is to be asked again."""

from lmhg_gateway.features.recalls.rules import STEP
from lmhg_gateway.features.recalls.service import KIND, plan_one, unplanned
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep


def _try(label: str, result: str, *, needs: str = "") -> WorkButton:
    fields = {"channel": "phone", "result": result}
    return WorkButton(label=label, path="/recalls/{}/attempts", fields=fields, needs=needs)


SOURCE = WorkSource(
    kind=KIND,
    permission="recalls.read",
    write="recalls.write",
    path="/recalls/{}",
    steps=(
        WorkStep(
            code=STEP,
            label="Ask: time to come back?",
            lane="visits",
            buttons=(
                _try("Voicemail", "left_voicemail", needs="may_voicemail"),
                _try("No answer", "no_answer"),
                WorkButton(label="Next month", path="/recalls/{}/later", fields={}),
                WorkButton(label="Not coming", path="/recalls/{}/over", fields={}),
            ),
            is_call=True,
        ),
    ),
    plan=plan_one,
    unplanned=unplanned,
)
