"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.repository import over_since
from lmhg_gateway.features.referrals.service import Moved, moved_between, receive_intake

__all__ = [
    "Moved",
    "moved_between",
    "over_since",
    "receive_intake",
]
