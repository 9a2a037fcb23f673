"""What the bell counts of tickets: answers to one's own; for support, new ones and replies."""

from lmhg_kit.feature import BellEntry
from lmhg_portal.features.tickets.listed import ACTIVE
from lmhg_portal.features.tickets.repository import ANSWERED, REPLIED, UNTAKEN

BELL = (
    BellEntry(
        permission="tickets.read",
        label="Answers to your tickets",
        href="/tickets?state=all&mine=1",
        count=ANSWERED,
        tone="warn",
    ),
    BellEntry(
        permission="tickets.work",
        label="New tickets",
        href="/tickets?state=new",
        count=UNTAKEN,
    ),
    BellEntry(
        permission="tickets.work",
        label="Replies to answer",
        href=f"/tickets?state={ACTIVE}",
        count=REPLIED,
        tone="warn",
    ),
)
