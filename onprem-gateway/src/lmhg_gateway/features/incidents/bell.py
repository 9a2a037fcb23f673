"""What the bell counts of incidents: incidents that are open."""

from lmhg_gateway.features.incidents.repository import OPEN_COUNT
from lmhg_kit.feature import BellEntry

LABEL, HREF = "Open incidents", "/compliance/incidents"
BELL = (
    BellEntry(permission="compliance.read", label=LABEL, href=HREF, count=OPEN_COUNT, tone="bad"),
)
