"""What the Intake page and the officer's first page say of the nightly check."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.reconcile.status import SyncStatus, sync_status
from lmhg_gateway.features.reconcile.views import PATH
from lmhg_gateway.web.points import Said, Status
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


async def status_line(tx: ReadSession, at: datetime) -> Status:
    """How the nightly check is, for the officer."""
    status = await sync_status(tx, at=at)
    if status.objects:
        days = 0 if status.done_by is None else (status.done_by - at).days + 1
        said = f"{status.objects:,} records wait, at {status.calls_a_day} requests a day."
        said += (
            f" Done in about {days} days." if days > 1 else " Done within a day." if days else ""
        )
    elif status.ended_at is None:
        said = "The first check runs tonight."
    else:
        said = f"{status.looked:,} records compared at the last check."
    late = status.is_late
    return Status(
        title="IntakeQ nightly check",
        said=said,
        href=PATH,
        label="Late" if late else "",
        label_kind="bad" if late else "",
    )
