"""What holds records up, by name: a closed list, decided from facts. Pure.

A code is one cause; the pages of both planes have words for each, and for what to do. Ages are in
seconds; a fact that is None does not hold.
"""

from dataclasses import dataclass
from typing import NamedTuple

from lmhg_relay.core import limits


class Delay(NamedTuple):
    """One cause that is open."""

    code: str
    age_s: float
    who: str = ""
    rows: int = 0


CODES = frozenset(
    {
        "lock_wait",
        "lock_taken",
        "half_restarts",
        "database_refuses",
        "schema_differs",
        "relay_not_running",
        "broker_away",
        "broker_refuses",
        "stream_missing",
        "consumer_missing",
        "peer_silent",
        "peer_does_not_hear",
        "receipts_missing",
        "stopped",
        "resyncing",
        "too_many_open",
        "screening_waits",
        "object_waits",
        "object_stays",
        "rows_wait",
        "ledger_refused",
        "alarm_raised",
    }
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a running half knows of its road, as ages in seconds."""

    blocked_s: float | None = None
    blocked_by: str = ""
    broker_away_s: float | None = None
    refused_s: float | None = None
    out_missing_s: float | None = None
    in_missing_s: float | None = None
    silent_s: float = 0.0
    """Since the peer was last heard, or since our start."""
    unheard_s: float = 0.0
    """Since we sent the newest sign of life that the peer has answered, or since our start."""
    stopped: str | None = None
    stopped_s: float = 0.0
    resyncing_s: float | None = None
    passed: int = 0
    undecided: int = 0
    undecided_s: float = 0.0
    unscreened: int = 0
    """Undecided rows at the head of the queue without the verdict that they need."""
    unscreened_s: float = 0.0
    aside: int = 0
    """Rows that wait for their files while others pass."""
    aside_why: str = ""
    """Why the file that was tried last is not on the other plane."""
    stays_s: float | None = None
    """Since what a record has given up should have been taken out of this plane's bucket."""
    stays_why: str = ""
    unreceipted: int = 0
    unreceipted_s: float = 0.0


def delays(facts: Facts) -> list[Delay]:
    """Every cause that is open, the nearest to the root first."""
    late = limits.DELAY_S
    found: list[Delay] = []

    def name(code: str, age_s: float | None, *, who: str = "", rows: int = 0) -> None:
        if age_s is not None:
            found.append(Delay(code, age_s, who, rows))

    def if_late(age_s: float | None) -> float | None:
        return age_s if age_s is not None and age_s >= late else None

    rows = facts.undecided + facts.unscreened
    name("lock_wait", if_late(facts.blocked_s), who=facts.blocked_by, rows=rows)
    name("stopped", facts.stopped_s if facts.stopped else None, who=facts.stopped or "", rows=rows)
    name("resyncing", if_late(facts.resyncing_s), rows=rows)
    name("broker_away", if_late(facts.broker_away_s), rows=rows)
    name("broker_refuses", facts.refused_s, rows=rows)
    name("stream_missing", if_late(facts.out_missing_s), rows=rows)
    name("consumer_missing", if_late(facts.in_missing_s))
    is_silent = facts.silent_s >= limits.SILENCE_S
    name("peer_silent", facts.silent_s if is_silent else None, rows=facts.unreceipted)
    is_unheard = not is_silent and facts.unheard_s >= limits.UNHEARD_S
    name("peer_does_not_hear", facts.unheard_s if is_unheard else None, rows=facts.unreceipted)
    if facts.passed >= limits.PASSED_MAX:
        name("too_many_open", facts.undecided_s, rows=rows)
    if facts.unscreened and facts.unscreened_s >= late:
        name("screening_waits", facts.unscreened_s, rows=facts.unscreened)
    if facts.aside and facts.aside_why:
        name("object_waits", if_late(facts.undecided_s), who=facts.aside_why, rows=facts.aside)
    name("object_stays", if_late(facts.stays_s), who=facts.stays_why)
    if facts.unreceipted and facts.unreceipted_s >= limits.RECEIPT_LATE_S:
        name("receipts_missing", facts.unreceipted_s, rows=facts.unreceipted)
    if not found and facts.undecided and facts.undecided_s >= late:
        name("rows_wait", facts.undecided_s, rows=facts.undecided)
    return found[: limits.DELAYS_MAX]
