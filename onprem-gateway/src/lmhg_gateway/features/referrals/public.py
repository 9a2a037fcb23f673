"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.service import client_of, moved_between, receive_intake

__all__ = [
    "client_of",
    "moved_between",
    "receive_intake",
]
