"""Rules of break-glass."""

from datetime import datetime, timedelta

ROLE = "break_glass"
"""What a session gains while the glass is broken: reading, never writing."""
MINUTES = (15, 30, 60)


def ends_at(opened_at: datetime, *, minutes: int) -> datetime:
    """When an opening ends by itself."""
    return opened_at + timedelta(minutes=minutes)
