"""When the nightly search is due, when it is late, and what may stay although it matches."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lmhg_gateway.features.screening.public import Hit

NIGHT = time(3, 0)
"""From this time of the practice's day the nightly search is due."""
WHOLE_LATE = timedelta(hours=26)
FINDING_LATE = timedelta(minutes=1)
"""After this long a text that is still readable is red; while both relays work it takes seconds."""

PASSES_KEPT = timedelta(days=92)
"""How long the line of a search that found nothing is kept: a quarter, as long as an officer looks back."""


def last_night(now: datetime, zone: str) -> datetime:
    """The newest moment at which a nightly search became due."""
    local = now.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), NIGHT, tzinfo=local.tzinfo)
    return due if due <= local else due - timedelta(days=1)


def is_due(last_started: datetime | None, now: datetime, zone: str) -> bool:
    """Whether no whole search began since it became due."""
    return last_started is None or last_started < last_night(now, zone)


def is_late(last_finished: datetime | None, now: datetime) -> bool:
    """Whether nothing proves any more that no text was missed."""
    return last_finished is None or now - last_finished > WHOLE_LATE


def masks_digest(staff: Iterable[str], allowed: Iterable[str]) -> bytes:
    """A digest of the names and words that are nobody's: when it changes, all is searched again."""
    parts = ("\0".join(sorted(each)) for each in (staff, allowed))
    return hashlib.sha256("\1".join(parts).encode()).digest()


def is_cleared(found: Iterable[Hit], cleared: Iterable[Collection[Mapping[str, str]]]) -> bool:
    """Whether officers cleared this very text with every one of these hits, in one decision."""
    wanted = {(hit.rule, hit.place) for hit in found}
    return any(wanted <= {(each["rule"], each["place"]) for each in hits} for hits in cleared)
