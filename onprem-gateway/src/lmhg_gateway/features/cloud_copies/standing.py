"""What the officer's first page says of recalls that are not confirmed."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.cloud_copies import repository
from lmhg_gateway.features.cloud_copies.rules import RECALL_LATE, RECALL_WATCHED
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession

LATE = "Something that was withdrawn is not confirmed gone; it may still be read in the cloud."


async def late_recalls(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """What was withdrawn and may still be readable outside."""
    since, before = at - RECALL_WATCHED, at - RECALL_LATE
    found = await repository.late_recalls(tx, since=since, before=before)
    return [Said(LATE, "/compliance/witness")] if found else []
