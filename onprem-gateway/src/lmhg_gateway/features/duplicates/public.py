"""What other features may ask of pairs."""

from lmhg_gateway.features.duplicates.service import certain, next_waiting

__all__ = [
    "certain",
    "next_waiting",
]
