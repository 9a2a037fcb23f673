"""What other features may ask of holds: that a record is held, and what the rules mean."""

from lmhg_gateway.features.holds.models import HeldRecord
from lmhg_gateway.features.holds.repository import held_of, hold_record
from lmhg_gateway.features.holds.repository import newest_of as newest_holds
from lmhg_gateway.features.holds.rules import ONE_OFFICER, REASONS, reason_of, takes_two

__all__ = [
    "ONE_OFFICER",
    "REASONS",
    "HeldRecord",
    "held_of",
    "hold_record",
    "newest_holds",
    "reason_of",
    "takes_two",
]
