"""What other features may ask of the access log: counts of its views, an entry, and a disclosure put on record."""

from lmhg_gateway.features.access_log.forms import NewDisclosure
from lmhg_gateway.features.access_log.repository import LedgerEntry, entry_about
from lmhg_gateway.features.access_log.rules import VIEWS
from lmhg_gateway.features.access_log.service import Refusals, record_disclosure, view_counts

__all__ = [
    "VIEWS",
    "LedgerEntry",
    "NewDisclosure",
    "Refusals",
    "entry_about",
    "record_disclosure",
    "view_counts",
]
