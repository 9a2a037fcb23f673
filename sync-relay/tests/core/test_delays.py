"""What holds records up has a name, decided from facts."""

import pytest

from lmhg_relay.core import limits
from lmhg_relay.core.delays import CODES, Facts, delays
from lmhg_relay.watch import WATCH_EVERY_S, who_is

LONG = 100.0
NAMED = {
    "lock_wait": Facts(blocked_s=LONG, blocked_by="lmhg_migrator in lmhg"),
    "stopped": Facts(stopped="peer_is_ahead", stopped_s=1.0),
    "resyncing": Facts(resyncing_s=LONG),
    "broker_away": Facts(broker_away_s=LONG),
    "broker_refuses": Facts(refused_s=1.0),
    "stream_missing": Facts(out_missing_s=LONG),
    "consumer_missing": Facts(in_missing_s=LONG),
    "peer_silent": Facts(silent_s=LONG),
    "peer_does_not_hear": Facts(unheard_s=LONG),
    "too_many_open": Facts(passed=limits.PASSED_MAX, undecided=1, undecided_s=1.0),
    "screening_waits": Facts(unscreened=2, unscreened_s=LONG),
    "object_waits": Facts(aside=1, aside_why="object_missing", undecided=1, undecided_s=LONG),
    "object_stays": Facts(stays_s=LONG, stays_why="store_unreachable"),
    "receipts_missing": Facts(unreceipted=3, unreceipted_s=LONG),
    "rows_wait": Facts(undecided=4, undecided_s=LONG),
}
BY_THE_RUNNER = {
    "lock_taken", "half_restarts", "database_refuses", "schema_differs", "relay_not_running",
    "ledger_refused", "alarm_raised",
}  # fmt: skip
"""Codes for when there is no half to have facts of."""


@pytest.mark.parametrize("code", NAMED)
def test_a_cause_is_named(code: str) -> None:
    """Each fact alone names its cause, and no other."""
    assert [delay.code for delay in delays(NAMED[code])] == [code]


def test_every_code_has_a_case() -> None:
    """The list is closed."""
    assert set(NAMED) | BY_THE_RUNNER == CODES


def test_a_sound_road_has_no_delay() -> None:
    """The control: rows that have just come are no delay."""
    fresh = Facts(undecided=9, undecided_s=1.0, unreceipted=9, unreceipted_s=1.0, unscreened=1)
    assert delays(fresh) == []


@pytest.mark.found("AR1", "what holds records up is named within 30 seconds")
def test_a_cause_is_named_within_thirty_seconds_on_both_planes() -> None:
    """Until it counts, until the next look, and until the next sign of life."""
    slowest = max(limits.DELAY_S, limits.SILENCE_S, limits.UNHEARD_S, limits.RECEIPT_LATE_S)
    assert slowest + WATCH_EVERY_S + limits.HEARTBEAT_S <= 30.0


def test_a_session_is_named_in_plain_letters() -> None:
    """Role, database and program; nothing that could be a sentence or a value in quotes."""
    assert who_is("lmhg_migrator", "lmhg", "psql") == "lmhg_migrator in lmhg - psql"
    assert "'" not in who_is("x", "y", "'; select 1 --\n")
