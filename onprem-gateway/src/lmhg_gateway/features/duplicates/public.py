"""What other features may ask of pairs."""

from lmhg_gateway.features.duplicates.rules import LEVEL_WORDS, why
from lmhg_gateway.features.duplicates.service import (
    Match,
    find,
    forget_undecided,
    next_waiting,
    tell_apart,
)

__all__ = [
    "LEVEL_WORDS",
    "Match",
    "find",
    "forget_undecided",
    "next_waiting",
    "tell_apart",
    "why",
]
