"""How sessions are shown to the person they belong to."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from lmhg_portal.features.identity.models import SignInSession

UNKNOWN_DEVICE = "A device that does not say what it is"
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


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
            device=one.device or UNKNOWN_DEVICE,
            started_at=one.started_at,
            last_used_at=one.last_used_at,
            ends_at=one.ends_at,
            is_current=str(one.id) == current,
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: not row.is_current)


def device_of(user_agent: str) -> str:
    """Browser and system in two words, out of a header that nobody can trust."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " on ".join(part for part in (browser, system) if part)
