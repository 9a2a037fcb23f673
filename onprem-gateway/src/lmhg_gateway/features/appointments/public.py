"""What other features may ask of appointments."""

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.repository import last_seen, takes_place_after
from lmhg_gateway.features.appointments.rules import NOT_TAKEN
from lmhg_gateway.features.appointments.service import forget_visit, store_visit

__all__ = [
    "NOT_TAKEN",
    "Appointment",
    "forget_visit",
    "last_seen",
    "store_visit",
    "takes_place_after",
]
