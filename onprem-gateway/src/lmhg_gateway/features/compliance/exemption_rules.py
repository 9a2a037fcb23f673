"""What an approval covers, in words, and how near its end is."""

from datetime import datetime, timedelta

SOON = timedelta(days=7)
"""From then on the end of an exemption is said on the overview."""
RECALL_LATE = timedelta(minutes=5)
"""After this long a recall that is not confirmed is red; while both relays work it takes seconds."""
RECALL_WATCHED = timedelta(days=90)
"""How long the overview goes on looking for it."""


STATES = ("in_force", "ending", "withdrawn")


def ends_in(expires_at: datetime | None, *, at: datetime) -> str:
    """How far away an end is: "ends in 3 days", "ended", or nothing without an end."""
    if expires_at is None:
        return "No end"
    left = expires_at - at
    if left <= timedelta(0):
        return "Ended"
    if left < timedelta(hours=1):
        return "Ends within the hour"
    if left < timedelta(days=1):
        return f"Ends in {_count(int(left.total_seconds() // 3600), 'hour')}"
    return f"Ends in {_count(left.days, 'day')}"


def state_of(*, expires_at: datetime | None, withdrawn_at: datetime | None, at: datetime) -> str:
    """One of STATES."""
    if withdrawn_at is not None:
        return "withdrawn"
    return "ending" if expires_at is not None and expires_at - at <= SOON else "in_force"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
