"""What other features may ask of clients that IntakeQ has twice or merged."""

from lmhg_gateway.features.intakeq_people.service import (
    PersonHeld,
    note_back,
    note_gone,
    note_move,
    who_is,
)

__all__ = ["PersonHeld", "note_back", "note_gone", "note_move", "who_is"]
