"""What the bell counts of holds: records that wait for a decision."""

from lmhg_gateway.features.holds.repository import WAITING_COUNT
from lmhg_kit.feature import BellEntry

LABEL, HREF = "Held for review", "/compliance/held"
BELL = (
    BellEntry(
        permission="compliance.read", label=LABEL, href=HREF, count=WAITING_COUNT, tone="warn"
    ),
)
