"""What the officer's first page says of credentials: how many ended, and how many end soon."""

from datetime import datetime, timedelta

from lmhg_gateway.features.credentials import repository
from lmhg_gateway.features.credentials.rules import STAGES
from lmhg_gateway.web.points import Status
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.environment import count_of

PATH = "/credentials"


async def how_they_are(tx: ReadSession, at: datetime) -> Status:
    """Licenses, insurance and attestations of colleagues."""
    today = at.date()
    over, soon = await repository.counted(tx, today=today, until=today + timedelta(days=STAGES[1]))
    said = (
        f"{count_of(soon, 'credential')} end within {STAGES[1]} days."
        if soon > 1
        else (
            f"1 credential ends within {STAGES[1]} days." if soon else "None ends within 30 days."
        )
    )
    if over:
        said = f"{over} ended. {said}"
    return Status(
        title="Credentials",
        said=said,
        href=PATH,
        label="Ended" if over else "",
        label_tone="bad",
    )
