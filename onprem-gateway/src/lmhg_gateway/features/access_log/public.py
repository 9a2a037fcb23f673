"""What other features may ask of the access log: counts of its views, for the weekly packet."""

from lmhg_gateway.features.access_log.rules import VIEWS
from lmhg_gateway.features.access_log.service import Refusals, view_counts

__all__ = [
    "VIEWS",
    "Refusals",
    "view_counts",
]
