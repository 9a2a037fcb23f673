"""What the officer's first page says of estimates: how many are owed, and how many are late."""

from datetime import datetime

from lmhg_gateway.features.estimates import repository
from lmhg_gateway.web.points import Status
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.environment import count_of


async def how_they_are(tx: ReadSession, at: datetime) -> Status:
    """Good-faith estimates for people who pay themselves."""
    owed, late = await repository.counts(tx, at=at)
    said = f"{count_of(owed, 'estimate')} to give." if owed else "None to give."
    return Status(
        title="Good-faith estimates",
        said=f"{said} {late} late." if late else said,
        href="/estimates",
        label="Late" if late else "",
        label_tone="bad",
    )
