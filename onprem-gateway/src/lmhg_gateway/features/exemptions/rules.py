"""What an approval covers, in words, how near its end is, and that two people give it.

Which roles may is in `__init__.py`; who may not, past the asker, is kept by `wall.sql` and
`check_second` in `features/decisions/wall.sql`: nobody without a power, who left, or whom the asker brought.
"""

from datetime import datetime, timedelta

from lmhg_kit.errors import Forbidden

SOON = timedelta(days=7)
"""From then on the end of an exemption is said on the overview."""
STATES = ("in_force", "ending", "withdrawn")


def ends_in(expires_at: datetime | None, *, at: datetime) -> str:
    """How far away an end is: "ends in 3 days", "ended", or nothing without an end."""
    if expires_at is None:
        return "No end date"
    left = expires_at - at
    if left <= timedelta(0):
        return "Ended"
    if left < timedelta(hours=1):
        return "Ends within an hour"
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


def check_second_person(*, requested_by: str, approved_by: str) -> None:
    """Accept an approval by someone else than who asked. Raises: Forbidden."""
    if requested_by == approved_by:
        raise Forbidden("same_person")
