"""What other features may ask of referrals."""

from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.reporting import start_report_back, stop_report_back
from lmhg_gateway.features.referrals.repository import clients_with_open, over_since
from lmhg_gateway.features.referrals.rules import OPEN_STATES
from lmhg_gateway.features.referrals.service import Moved, client_of, moved_between, receive_intake

__all__ = [
    "OPEN_STATES",
    "Moved",
    "Referral",
    "client_of",
    "clients_with_open",
    "moved_between",
    "over_since",
    "receive_intake",
    "start_report_back",
    "stop_report_back",
]
