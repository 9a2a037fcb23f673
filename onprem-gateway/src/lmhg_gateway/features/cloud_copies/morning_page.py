"""What turns the morning page red: a recall that is not confirmed in time."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.cloud_copies import repository
from lmhg_gateway.features.cloud_copies.rules import RECALL_LATE, RECALL_WATCHED
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession

LATE = (
    "Something was taken back, but the portal has not confirmed it. It may still be readable there."
)


async def late_recalls(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """What was withdrawn and may still be readable outside."""
    since, before = at - RECALL_WATCHED, at - RECALL_LATE
    found = await repository.late_recalls(tx, since=since, before=before)
    return [Said(LATE, "/compliance/witness")] if found else []
