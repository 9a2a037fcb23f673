"""What other features may ask of appointments."""

from lmhg_gateway.features.appointments.repository import nearest_of
from lmhg_gateway.features.appointments.service import client_of_visit, forget_visit, store_visit

__all__ = [
    "client_of_visit",
    "forget_visit",
    "nearest_of",
    "store_visit",
]
