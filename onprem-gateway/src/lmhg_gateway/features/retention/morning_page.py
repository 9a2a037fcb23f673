"""What the officer's first page says of retention: a red line for what is stuck, and a line of the status."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.rules import State, is_stuck, is_too_many
from lmhg_gateway.web.points import Said, Status
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.environment import count_of

PATH = "/compliance/retention"


async def red(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """A batch that two people agreed to and that is not carried out; a store with too much that belongs to nothing."""
    found, said = await repository.alarms(tx), list[Said]()
    if found.batch_id and found.decided_at and is_stuck(found.decided_at, at=at):
        said.append(
            Said(
                "A disposal was approved more than a day ago and is not done.",
                f"{PATH}/batches/{found.batch_id}",
            )
        )
    if found.strays and is_too_many(found.strays, of=found.objects or 0):
        said.append(
            Said(
                f"{count_of(found.strays, 'file')} in the document store belong to nothing. None was removed."
                " Ask IT support whether a backup was put back.",
                PATH,
            )
        )
    return said


async def status(tx: ReadSession, at: datetime) -> Status:
    """What waits: batches, changes of the schedule, and how many holds last."""
    del at
    found = await repository.waiting(tx)
    waits = [_BATCH[State(found.batch_state)]] if found.batch_state else []
    if found.changes:
        waits.append(f"{count_of(found.changes, 'change')} of the schedule to decide")
    said = "; ".join(waits) or "Nothing waits"
    return Status(
        title="Retention and disposal",
        said=f"{said}. {count_of(found.holds, 'legal hold')}.",
        href=PATH,
        label="Waiting" if found.changes or found.batch_state == State.ASKED else "",
        label_tone="warn",
    )


_BATCH = {
    State.PROPOSED: "Records are due for disposal",
    State.ASKED: "A disposal waits for approval",
    State.APPROVED: "A disposal is being carried out",
}
