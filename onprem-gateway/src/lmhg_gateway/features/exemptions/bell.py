"""What the bell counts of exemptions: requests for approval that wait."""

from lmhg_gateway.features.exemptions.repository import OPEN_COUNT
from lmhg_kit.feature import BellEntry

LABEL, HREF = "Approvals asked for", "/compliance/exemptions"
BELL = (
    BellEntry(permission="compliance.read", label=LABEL, href=HREF, count=OPEN_COUNT, tone="warn"),
)
