"""What turns the officer's first page red: a paper that waits too long, a folder full of files of no use, a mailbox unread."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.mail_state import LATE_AFTER, trouble
from lmhg_gateway.web.points import Said
from lmhg_kit.ages import age_words
from lmhg_kit.persistence import ReadSession

STUCK_MAX = 500
"""Files in the watched folder that could not be taken, before someone has to see to it."""
DAYS = 1
"""Working days in which a paper should be seen to."""


async def late(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """The oldest paper, where it is late."""
    count, oldest = await repository.waiting(tx)
    if oldest is None or not isinstance(at.tzinfo, ZoneInfo):
        return []
    hours = await hours_of(tx, at.tzinfo)
    if at <= hours.due(oldest, days=DAYS):
        return []
    waited = age_words(at - oldest)
    said = "A paper has" if count == 1 else f"{count} papers wait in the tray. The oldest has"
    return [Said(f"{said} waited for {waited}.", "/tray")]


async def unread(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """The mailbox, where it can't be read for a while."""
    if not isinstance(at.tzinfo, ZoneInfo):
        return []
    said = await trouble(tx, at, zone=at.tzinfo.key, after=LATE_AFTER)
    return [Said(said, "/tray")] if said else []


async def crowded(tx: ReadSession, _at: datetime) -> Sequence[Said]:
    """The watched folder, where it fills up with files that could not be taken."""
    stuck = await repository.stuck_in_folder(tx)
    if stuck < STUCK_MAX:
        return []
    return [
        Said(f"{stuck} files in the watched folder can't be taken. Fix or remove them.", "/tray")
    ]
