"""Time and fresh ids, from one place each, so that tests can decide both."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, in UTC, with its zone."""
    return datetime.now(UTC)


def new_id() -> uuid.UUID:
    """A fresh random id: it says nothing about what it names, nor when it was made."""
    return uuid.uuid4()
