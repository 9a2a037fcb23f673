"""What other features may ask of deliveries."""

from lmhg_gateway.features.deliveries.repository import set_held_aside, try_held_again
from lmhg_gateway.features.deliveries.status import IntakeStatus, intake_status
from lmhg_gateway.features.deliveries.views import HeldLine, held_lines, pause_words, red_lines

__all__ = [
    "HeldLine",
    "IntakeStatus",
    "held_lines",
    "intake_status",
    "pause_words",
    "red_lines",
    "set_held_aside",
    "try_held_again",
]
