"""The clocks of requests, and how a request may end: for any day and any order of steps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.records_requests import rules
from lmhg_gateway.features.records_requests.clock_rules import (
    ANSWER,
    ANSWER_LATE,
    CLOCKS,
    Kind,
    can_extend,
    days_late,
    due_on,
    listed_from,
    next_of,
)
from lmhg_kit.errors import Conflict

ZONE = ZoneInfo("America/New_York")
KINDS = st.sampled_from(list(Kind))
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def at_noon(day: date) -> datetime:
    """Noon there."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE).astimezone(UTC)


def test_days_are_those_of_the_law() -> None:
    """Records 30 and 30 more, amendments 60 and 30 more; the law sets no other day."""
    assert CLOCKS[Kind.RECORDS][:2] == (30, 30)
    assert CLOCKS[Kind.AMENDMENT][:2] == (60, 30)
    assert {kind for kind, clock in CLOCKS.items() if clock.is_law} == {
        Kind.RECORDS,
        Kind.AMENDMENT,
    }
    assert set(CLOCKS) == set(Kind) == set(rules.KINDS) == set(rules.ENDS)


def test_records_come_onto_the_list_on_day_twenty() -> None:
    """Not a day earlier, and not a day later."""
    received = date(2026, 3, 1)
    due = due_on(Kind.RECORDS, received)

    def on_day(number: int) -> bool:
        moment = at_noon(received + timedelta(days=number))
        found = next_of(
            Kind.RECORDS, due, received_on=received, is_closed=False, at=moment, zone=ZONE
        )
        return found is not None

    assert [on_day(19), on_day(20), on_day(30), on_day(31)] == [False, True, True, True]


@given(kind=KINDS, received=DAYS, passed=st.integers(-5, 200), is_extended=st.booleans())
def test_whatever_is_open_and_due_is_on_the_list(
    *, kind: Kind, received: date, passed: int, is_extended: bool
) -> None:
    """From its day on it is there until it is closed; late exactly when its last day is over."""
    due = due_on(kind, received, is_extended=is_extended)
    today = received + timedelta(days=passed)
    at = at_noon(today)
    found = next_of(kind, due, received_on=received, is_closed=False, at=at, zone=ZONE)
    assert (found is not None) == (today >= listed_from(kind, due))
    if found:
        assert (found.step == ANSWER_LATE) == (today > due)
        assert found.due_at is not None
        assert (at > found.due_at) == (found.step == ANSWER_LATE)
        assert found.changes_at is None or found.changes_at > at
        assert (found.changes_at is None) == (found.step == ANSWER_LATE)
        assert found.step in {ANSWER, ANSWER_LATE}
    assert next_of(kind, due, received_on=received, is_closed=True, at=at, zone=ZONE) is None
    assert (days_late(due, is_closed=False, today=today) > 0) == (today > due)
    assert days_late(due, is_closed=True, today=today) == 0


@given(KINDS, DAYS, st.integers(0, 200))
def test_extension_works_once_while_the_first_time_runs(
    kind: Kind, received: date, passed: int
) -> None:
    """Never a second time, never for a closed one, never when the day is over."""
    due, today = due_on(kind, received), received + timedelta(days=passed)
    may = can_extend(kind, due, is_extended=False, is_closed=False, today=today)
    assert may == (CLOCKS[kind].more > 0 and today <= due)
    assert not can_extend(kind, due, is_extended=True, is_closed=False, today=today)
    assert not can_extend(kind, due, is_extended=False, is_closed=True, today=today)
    if may:
        assert due_on(kind, received, is_extended=True) - due == timedelta(days=CLOCKS[kind].more)


@given(
    kind=KINDS,
    outcome=st.sampled_from(sorted(rules.OUTCOMES)),
    denied_for=st.sampled_from(["", "danger"]),
    decision=st.sampled_from(["", "Because."]),
    answered_on=st.none() | DAYS,
    releases=st.integers(0, 2),
    is_checked=st.booleans(),
    is_paid_in_full=st.booleans(),
)
def test_no_answer_without_what_it_needs(
    *,
    kind: Kind,
    outcome: str,
    denied_for: str,
    decision: str,
    answered_on: date | None,
    releases: int,
    is_checked: bool,
    is_paid_in_full: bool,
) -> None:
    """A denial has its reason, what was given is on record, what was agreed is written."""
    missing = rules.missing_for(
        kind,
        outcome,
        denied_for=denied_for,
        decision=decision,
        answered_on=answered_on,
        releases=releases,
        is_checked=is_checked,
        is_paid_in_full=is_paid_in_full,
    )
    if missing:
        return
    assert outcome in rules.ENDS[kind]
    if outcome == rules.WITHDRAWN:
        return
    assert answered_on
    assert releases or outcome not in {rules.GIVEN, rules.IN_PART}
    if outcome in {rules.DENIED, rules.IN_PART}:
        assert denied_for
        assert decision
        assert not (kind is Kind.RESTRICTION and is_paid_in_full)
    if outcome == rules.ACCEPTED:
        assert decision


def test_nothing_is_handed_over_unchecked() -> None:
    """Neither before the identity is checked nor after the end."""
    rules.check_release(is_closed=False, is_checked=True)
    for is_closed, is_checked in ((False, False), (True, True), (True, False)):
        with pytest.raises(Conflict):
            rules.check_release(is_closed=is_closed, is_checked=is_checked)
