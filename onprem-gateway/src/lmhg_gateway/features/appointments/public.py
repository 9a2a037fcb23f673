"""What other features may ask of appointments."""

from lmhg_gateway.features.appointments.service import forget_visit, store_visit

__all__ = [
    "forget_visit",
    "store_visit",
]
