"""What the bell counts of deliveries: those that are held."""

from lmhg_gateway.features.deliveries.repository import HELD_COUNT
from lmhg_gateway.features.deliveries.views import PATH
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="intake.decide",
        label="IntakeQ messages held",
        href=PATH,
        count=HELD_COUNT,
        tone="warn",
    ),
)
