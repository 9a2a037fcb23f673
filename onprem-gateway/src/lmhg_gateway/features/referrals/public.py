"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.service import receive_intake

__all__ = [
    "receive_intake",
]
