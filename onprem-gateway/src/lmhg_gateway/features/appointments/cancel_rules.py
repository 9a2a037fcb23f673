"""Why an appointment is canceled here. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class CancelReason(StrEnum):
    """Why an appointment does not take place."""

    CLIENT = "client"
    CLINICIAN = "clinician"
    CLOSED = "closed"
    LEFT = "left"
    OTHER = "other"


REASONS: Mapping[CancelReason, str] = {
    CancelReason.CLIENT: "The client asked",
    CancelReason.CLINICIAN: "The clinician cannot come",
    CancelReason.CLOSED: "The practice is closed",
    CancelReason.LEFT: "The client has left care",
    CancelReason.OTHER: "Another reason",
}
