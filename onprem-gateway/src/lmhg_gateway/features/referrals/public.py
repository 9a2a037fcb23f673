"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.service import moved_between, receive_intake

__all__ = [
    "moved_between",
    "receive_intake",
]
