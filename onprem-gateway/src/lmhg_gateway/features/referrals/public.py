"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.repository import clients_with_open, over_since
from lmhg_gateway.features.referrals.service import Moved, client_of, moved_between, receive_intake

__all__ = [
    "Moved",
    "client_of",
    "clients_with_open",
    "moved_between",
    "over_since",
    "receive_intake",
]
