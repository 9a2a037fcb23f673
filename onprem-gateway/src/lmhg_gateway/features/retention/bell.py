"""What the bell counts of retention: disposals and changes of the schedule that wait for a second person."""

from sqlalchemy import func, select

from lmhg_gateway.features.retention.models import DisposalBatch, RetentionChange
from lmhg_gateway.features.retention.rules import Outcome, State
from lmhg_kit.feature import BellEntry

_PATH, _WHO = "/compliance/retention", "retention.decide"
_BATCHES = select(func.count(DisposalBatch.id)).where(DisposalBatch.state == State.ASKED.value)
_CHANGES = select(func.count(RetentionChange.id)).where(
    RetentionChange.outcome == Outcome.OPEN.value
)
BELL = (
    BellEntry(
        permission=_WHO, label="Disposals to decide", href=_PATH, count=_BATCHES, tone="warn"
    ),
    BellEntry(permission=_WHO, label="Retention years to decide", href=_PATH, count=_CHANGES),
)
