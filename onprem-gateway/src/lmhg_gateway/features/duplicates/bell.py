"""What the bell counts of pairs: those that wait for someone to decide."""

from lmhg_gateway.features.duplicates.repository import WAITING_COUNT
from lmhg_gateway.features.duplicates.views import PATH
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="duplicates.decide",
        label="Possible duplicates",
        href=PATH,
        count=WAITING_COUNT,
    ),
)
