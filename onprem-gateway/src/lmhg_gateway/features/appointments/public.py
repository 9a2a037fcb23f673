"""What other features may ask of appointments."""

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.repository import by_id as appointment_by_id
from lmhg_gateway.features.appointments.repository import (
    last_seen,
    nearest_of,
    of_client,
    takes_place_after,
    taking_place,
)
from lmhg_gateway.features.appointments.rules import NOT_TAKEN, is_confirmed
from lmhg_gateway.features.appointments.service import client_of_visit, forget_visit, store_visit
from lmhg_gateway.features.appointments.taking_place import is_held, took_place

__all__ = [
    "NOT_TAKEN",
    "Appointment",
    "appointment_by_id",
    "client_of_visit",
    "forget_visit",
    "is_confirmed",
    "is_held",
    "last_seen",
    "nearest_of",
    "of_client",
    "store_visit",
    "takes_place_after",
    "taking_place",
    "took_place",
]
