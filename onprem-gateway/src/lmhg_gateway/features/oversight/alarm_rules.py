"""When something counts as late or silent on the officer's pages: every time limit of oversight. Pure.

`red_lines.py` is what the morning page turns red for, `alarm_words.py` what an alarm means. The relay
names delays by limits of its own (15 seconds of silence, and others): `lmhg_relay/core/limits.py`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

WITNESS_LATE = timedelta(hours=1)
"""How long an entry of our ledgers may wait for the portal to confirm it."""
PORTAL_SILENT = timedelta(hours=1)
"""How long nothing may be heard of the portal, until its ledgers count as not confirmed."""
SWEEP_LATE = timedelta(hours=26)
"""How long ago the last leak check may have been: a day, and two hours to run."""


def is_witness_late(waits_since: datetime | None, *, at: datetime) -> bool:
    """Whether an entry has waited too long; None where none waits."""
    return waits_since is not None and at - waits_since > WITNESS_LATE


def is_portal_silent(heard_at: datetime | None, *, at: datetime) -> bool:
    """Whether the portal was heard once, and not for too long."""
    return heard_at is not None and at - heard_at > PORTAL_SILENT


class SweepDue(NamedTuple):
    """Whether a leak check is late, and until when the next one, or the first, has to be on record."""

    is_first: bool
    by: datetime | None
    """None while nothing has happened here yet."""
    is_late: bool


def sweep_due(last: datetime | None, *, began: datetime | None, at: datetime) -> SweepDue:
    """What a practice owes from its own beginning, and later from its last leak check."""
    since = last or began
    by = since + SWEEP_LATE if since else None
    return SweepDue(is_first=last is None, by=by, is_late=by is not None and at > by)
