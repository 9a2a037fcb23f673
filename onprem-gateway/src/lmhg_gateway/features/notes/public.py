"""What other features may ask of notes."""

from lmhg_gateway.features.notes.service import store_note

__all__ = [
    "store_note",
]
