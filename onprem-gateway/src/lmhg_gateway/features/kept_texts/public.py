"""What other features may ask of portal texts that arrived here."""

from lmhg_gateway.features.kept_texts.incident_codes import CLIENT_NAMED_LATER
from lmhg_gateway.features.kept_texts.service import Arrived, keep_original, record_arrival

__all__ = ["CLIENT_NAMED_LATER", "Arrived", "keep_original", "record_arrival"]
