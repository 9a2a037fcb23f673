"""What other features may ask of office hours."""

from lmhg_gateway.features.office_hours.service import hours_of

__all__ = ["hours_of"]
