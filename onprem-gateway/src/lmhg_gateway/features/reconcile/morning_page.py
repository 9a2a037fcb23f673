"""What the officer's first page says of the nightly check."""

from datetime import datetime

from lmhg_gateway.features.reconcile.status import sync_status
from lmhg_gateway.features.reconcile.views import PATH
from lmhg_gateway.web.points import Status
from lmhg_kit.persistence import ReadSession


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
        label_tone="bad" if late else "",
    )
