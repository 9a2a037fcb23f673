"""What other features may ask of appointments."""

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.rules import FREES
from lmhg_gateway.features.appointments.service import forget_visit, store_visit

__all__ = [
    "FREES",
    "Appointment",
    "forget_visit",
    "store_visit",
]
