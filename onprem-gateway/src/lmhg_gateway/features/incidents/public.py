"""What other features may ask of incidents: that one is opened, and which are open."""

from lmhg_gateway.features.incidents.models import Incident
from lmhg_gateway.features.incidents.repository import has_open, known_subjects, open_count
from lmhg_gateway.features.incidents.service import comment, open_incident

__all__ = [
    "Incident",
    "comment",
    "has_open",
    "known_subjects",
    "open_count",
    "open_incident",
]
