"""What other features may ask of tickets."""

from lmhg_portal.features.tickets.service import open_tickets_of

__all__ = [
    "open_tickets_of",
]
