"""What the bell counts of break-glass: openings that no one has reviewed."""

from lmhg_gateway.features.break_glass.repository import TO_REVIEW
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="break_glass.review",
        label="Emergency access to review",
        href="/break-glass",
        count=TO_REVIEW,
        tone="bad",
    ),
)
