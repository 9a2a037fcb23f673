"""What other features may ask of exemptions: they are given by two people."""

from lmhg_gateway.features.exemptions.crossing import crossing, is_record_held, received_at, states
from lmhg_gateway.features.exemptions.crossing_views import Crossing
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.exemptions.repository import latest_request
from lmhg_gateway.features.exemptions.repository import open_count_of as open_requests_of
from lmhg_gateway.features.exemptions.service import approve, decline, propose, take_back, withdraw

__all__ = [
    "Crossing",
    "ExemptionRequest",
    "approve",
    "crossing",
    "decline",
    "is_record_held",
    "latest_request",
    "open_requests_of",
    "propose",
    "received_at",
    "states",
    "take_back",
    "withdraw",
]
