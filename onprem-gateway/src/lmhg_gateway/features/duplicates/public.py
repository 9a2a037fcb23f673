"""What other features may ask of pairs."""

from lmhg_gateway.features.duplicates.service import (
    certain,
    certain_matches,
    forget_undecided,
    next_waiting,
)

__all__ = [
    "certain",
    "certain_matches",
    "forget_undecided",
    "next_waiting",
]
