"""What the bell counts of differences: those that nobody decided."""

from lmhg_gateway.features.differences.repository import OPEN_COUNT
from lmhg_gateway.features.differences.views import PATH
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="differences.decide",
        label="Differences with IntakeQ",
        href=PATH,
        count=OPEN_COUNT,
    ),
)
