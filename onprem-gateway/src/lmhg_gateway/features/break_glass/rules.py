"""How long an opening lasts. That it ends then is the database's: `glass_open_until` in `wall.sql`, asked with each session."""

from datetime import datetime, timedelta
from typing import Literal, get_args

Minutes = Literal[15, 30, 60]
"""How long an opening may last."""
MINUTES: tuple[int, ...] = get_args(Minutes)


def ends_at(opened_at: datetime, *, minutes: int) -> datetime:
    """When an opening ends by itself."""
    return opened_at + timedelta(minutes=minutes)
