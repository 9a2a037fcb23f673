"""What the Intake page says of the nightly check."""

from collections.abc import Sequence

from lmhg_gateway.features.reconcile.status import SyncStatus, sync_status
from lmhg_gateway.features.reconcile.views import PATH
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.formats import short_day


def catch_up_words(status: SyncStatus, practice: Practice) -> str:
    """How many records wait, with how many requests a day, and until when; empty when nothing waits."""
    if not status.objects:
        return ""
    what = "Catching up after an outage" if status.is_catch_up else "Nightly check"
    records = "1 record waits" if status.objects == 1 else f"{status.objects:,} records wait"
    until = ""
    if status.done_by is not None:
        day = status.done_by.astimezone(practice.zone).date()
        until = f" Done by {short_day(day)}."
    return (
        f"{what}: {records}. {status.calls_a_day} requests a day are left for this.{until}"
        " The nearest appointments go first."
    )


async def intake_lines(tx: ReadSession, practice: Practice) -> Sequence[Said]:
    """One line: what waits, or when IntakeQ was last checked."""
    status = await sync_status(tx, at=practice.clock())
    words = catch_up_words(status, practice)
    if not words and status.is_running:
        words = "We are checking IntakeQ for changes that no message told us about."
    if not words and status.ended_at is None:
        words = "IntakeQ is checked for missed changes each night."
    if not words:
        words = "We checked IntakeQ for missed changes, and nothing waits."
    return [Said(words, PATH)]
