"""What the bell counts of decisions: requests to decide, and news of what others decided."""

from lmhg_gateway.features.decisions.pages import PATH, PERMISSION
from lmhg_gateway.features.decisions.repository import NEWS, TO_DECIDE
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission=PERMISSION,
        label="Requests to decide",
        href=PATH,
        count=TO_DECIDE,
        tone="bad",
    ),
    BellEntry(
        permission=PERMISSION,
        label="Changes to roles and two-step sign-in",
        href=PATH,
        count=NEWS,
        tone="warn",
    ),
)
