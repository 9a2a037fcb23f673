"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.repository import over_since
from lmhg_gateway.features.referrals.service import receive_intake

__all__ = [
    "over_since",
    "receive_intake",
]
