"""What the rest of the workspace may ask of break-glass."""

from lmhg_gateway.features.break_glass.glass_sessions import ELEVATION, Notices
from lmhg_gateway.features.break_glass.repository import counts_between

__all__ = [
    "ELEVATION",
    "Notices",
    "counts_between",
]
