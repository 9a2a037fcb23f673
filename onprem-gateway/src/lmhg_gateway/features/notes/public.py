"""What other features may ask of notes."""

from lmhg_gateway.features.notes.service import note_locked_at, store_note

__all__ = [
    "note_locked_at",
    "store_note",
]
