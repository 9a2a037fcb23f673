"""What other features may ask of deliveries."""

from lmhg_gateway.features.deliveries.morning_page import red_lines
from lmhg_gateway.features.deliveries.repository import set_held_aside, try_held_again
from lmhg_gateway.features.deliveries.status import IntakeStatus, intake_status
from lmhg_gateway.features.deliveries.views import pause_words, reasons

__all__ = [
    "IntakeStatus",
    "intake_status",
    "pause_words",
    "reasons",
    "red_lines",
    "set_held_aside",
    "try_held_again",
]
