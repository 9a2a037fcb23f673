"""What other features may ask of clients that IntakeQ has twice or merged."""

from lmhg_gateway.features.intakeq_people.service import (
    PersonHeld,
    record_back,
    record_gone,
    record_move,
    who_is,
)

__all__ = ["PersonHeld", "record_back", "record_gone", "record_move", "who_is"]
