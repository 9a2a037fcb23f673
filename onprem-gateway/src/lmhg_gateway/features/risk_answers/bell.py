"""What the bell counts of risk answers: those that no one has read."""

from lmhg_gateway.features.risk_answers.repository import UNREAD_COUNT
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="risk.write",
        label="Risk answers to read",
        href="/risk-answers",
        count=UNREAD_COUNT,
        tone="bad",
    ),
)
