"""What other features may ask of the access log: counts of its views, and a disclosure put on record."""

from lmhg_gateway.features.access_log.forms import NewDisclosure
from lmhg_gateway.features.access_log.rules import VIEWS
from lmhg_gateway.features.access_log.service import Refusals, record_disclosure, view_counts

__all__ = [
    "VIEWS",
    "NewDisclosure",
    "Refusals",
    "record_disclosure",
    "view_counts",
]
