"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.repository import over_since
from lmhg_gateway.features.referrals.service import moved_between, receive_intake

__all__ = [
    "moved_between",
    "over_since",
    "receive_intake",
]
