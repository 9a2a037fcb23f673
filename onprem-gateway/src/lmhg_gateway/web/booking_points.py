"""Where a feature says that it has a visit of someone on the way to IntakeQ."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from lmhg_kit.persistence import ReadSession


@dataclass(frozen=True)
class BookingAsked:
    """`since`: whether IntakeQ was asked, or will be, to book a visit for this client since a moment."""

    since: Callable[[ReadSession, uuid.UUID, datetime], Awaitable[bool]]
