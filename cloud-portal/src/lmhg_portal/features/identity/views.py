"""How sessions are shown to the person they belong to."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from lmhg_kit.http.device import UNKNOWN
from lmhg_portal.features.identity.models import SignInSession


class SessionRow(msgspec.Struct, frozen=True):
    """One session as its owner sees it."""

    id: str
    device: str
    started_at: datetime
    last_used_at: datetime
    ends_at: datetime
    is_current: bool


def session_rows(found: Iterable[SignInSession], *, current: str) -> list[SessionRow]:
    """The sessions, the one that asks first."""
    rows = [
        SessionRow(
            id=str(one.id),
            device=one.device or UNKNOWN,
            started_at=one.started_at,
            last_used_at=one.last_used_at,
            ends_at=one.ends_at,
            is_current=str(one.id) == current,
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: not row.is_current)
