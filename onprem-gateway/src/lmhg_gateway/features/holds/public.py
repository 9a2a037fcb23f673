"""What other features may ask of holds: that a record is held, and what the rules mean."""

from lmhg_gateway.features.holds.models import HeldRecord
from lmhg_gateway.features.holds.repository import held_of, hold_record
from lmhg_gateway.features.holds.repository import newest_of as newest_holds
from lmhg_gateway.features.holds.rules import (
    HELD_RULES,
    ONE_OFFICER,
    REASONS,
    held_rule,
    place_words,
    reason_of,
    takes_two,
)
from lmhg_gateway.features.holds.views import FoundRow, found_in

__all__ = [
    "HELD_RULES",
    "ONE_OFFICER",
    "REASONS",
    "FoundRow",
    "HeldRecord",
    "found_in",
    "held_of",
    "held_rule",
    "hold_record",
    "newest_holds",
    "place_words",
    "reason_of",
    "takes_two",
]
