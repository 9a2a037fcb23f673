"""What the bell counts of gaps in the access log."""

from lmhg_kit.feature import BellEntry
from lmhg_portal.features.log_gaps.pages import PATH, PERMISSION
from lmhg_portal.features.log_gaps.repository import GAPS

BELL = (
    BellEntry(
        permission=PERMISSION,
        label="Events that could not be written to the portal's access log",
        href=PATH,
        count=GAPS,
        tone="bad",
    ),
)
