"""What turns the officer's first page red: a paper that waits too long, a folder full of files of no use, a mailbox unread."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.mail_state import LATE_AFTER, words_of
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


async def stopped(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """The watched folder, where it fills up with files of no use; the mailbox, where it can't be read for a while."""
    zone = at.tzinfo.key if isinstance(at.tzinfo, ZoneInfo) else "UTC"
    stuck, mailbox = await repository.stopped(tx)
    unread = words_of(mailbox, at, zone=zone, after=LATE_AFTER)
    full = f"{stuck} files in the watched folder can't be taken. Fix or remove them."
    said = [full if stuck >= STUCK_MAX else None, unread]
    return [Said(each, "/tray") for each in said if each]
