"""The rules of the day board: how far a visit is, what overlaps, and what is left to do. Pure."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.appointments.board_rules import (
    STEPS,
    Desk,
    Stand,
    may_step,
    stand,
    where,
)
from lmhg_gateway.features.appointments.follow_up_rules import Facts, FollowUp, follow_up
from lmhg_gateway.features.appointments.overlap_rules import By, Span, overlaps
from lmhg_gateway.features.appointments.places import license_words
from lmhg_gateway.features.work_list.public import Urgency
from lmhg_kit.office_hours import OfficeHours

HOURS = OfficeHours(ZoneInfo("America/Kentucky/Louisville"))
STARTS = datetime(2026, 12, 2, 15, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=50)
STATUSES = ("confirmed", "waitingconfirmation", "attended", "missed", "canceled", "declined")


def at(minutes: int, desk: str | None = None, status: str = "confirmed") -> Stand:
    """Where a visit is so many minutes after it should begin."""
    moment = STARTS + timedelta(minutes=minutes)
    return stand(desk, status, is_canceled_here=False, starts_at=STARTS, ends_at=ENDS, at=moment)


@pytest.mark.parametrize(
    ("minutes", "desk", "status", "code", "steps"),
    [
        (-60, None, "confirmed", "expected", {Desk.ARRIVED, Desk.IN_SESSION}),
        (-60 * 5, None, "confirmed", "expected", set[Desk]()),
        (-60, None, "waitingconfirmation", "expected", {Desk.ARRIVED, Desk.IN_SESSION}),
        (5, None, "confirmed", "expected", {Desk.ARRIVED, Desk.IN_SESSION, Desk.MISSED}),
        (10, None, "confirmed", "late", {Desk.ARRIVED, Desk.IN_SESSION, Desk.MISSED}),
        (50, None, "confirmed", "unmarked", {Desk.DONE, Desk.MISSED}),
        (10, "arrived", "confirmed", "arrived", {Desk.IN_SESSION, Desk.DONE, Desk.MISSED}),
        (90, "in_session", "confirmed", "in_session", {Desk.DONE}),
        (90, None, "attended", "done", set[Desk]()),
        (90, "missed", "attended", "missed", {Desk.ARRIVED}),
        (90, None, "missed", "missed", {Desk.ARRIVED}),
        (10, "arrived", "canceled", "gone", set[Desk]()),
    ],
)
def test_where_a_visit_is(
    minutes: int, desk: str | None, status: str, code: str, steps: set[Desk]
) -> None:
    """What the desk said counts before what IntakeQ says, except that IntakeQ canceled it."""
    now = at(minutes, desk, status)
    assert (now.code, set(now.steps)) == (code, steps)


@given(
    st.integers(-600, 600),
    st.sampled_from([None, *Desk]),
    st.sampled_from(STATUSES),
)
def test_each_step_that_is_offered_may_be_taken(
    minutes: int, desk: Desk | None, status: str
) -> None:
    """No button is refused by the rule behind it."""
    now = at(minutes, desk, status)
    assert all(may_step(where(desk, status), step) for step in now.steps)
    assert all(not may_step(None, step) for step in Desk)
    assert not may_step(Desk.DONE, Desk.MISSED)
    assert set(STEPS) == set(Desk)


SPANS = st.lists(
    st.builds(
        lambda n, start, length, clinician, client: Span(
            uuid.UUID(int=n),
            STARTS + timedelta(minutes=start),
            STARTS + timedelta(minutes=start + length),
            uuid.UUID(int=clinician) if clinician else None,
            uuid.UUID(int=client),
        ),
        st.integers(1, 10**9),
        st.integers(0, 200),
        st.integers(0, 90),
        st.integers(0, 2),
        st.integers(1, 3),
    ),
    max_size=12,
    unique_by=lambda span: span.id,
)


@given(SPANS)
def test_overlaps_are_those_of_every_pair(spans: list[Span]) -> None:
    """As if each two were compared: both sides of a pair, by whom, and nothing else."""
    wanted: set[tuple[uuid.UUID, uuid.UUID, By]] = set()
    for one in spans:
        for other in spans:
            touch = one.starts_at < other.ends_at and other.starts_at < one.ends_at
            full = one.ends_at > one.starts_at and other.ends_at > other.starts_at
            if one.id == other.id or not touch or not full:
                continue
            if one.clinician_id and one.clinician_id == other.clinician_id:
                wanted.add((one.id, other.id, By.CLINICIAN))
            if one.client_id == other.client_id:
                wanted.add((one.id, other.id, By.CLIENT))
    found = overlaps(spans)
    said = {(key, each.other.id, each.by) for key, value in found.items() for each in value}
    assert said == wanted


def facts(**said: object) -> Facts:
    """A visit that was missed, unless it is said otherwise."""
    usual = {
        "status": "confirmed",
        "desk": "missed",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "cancel_asked_at": None,
        "followed_at": None,
        "has_later": False,
    }
    return Facts(**{**usual, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "minutes", "step"),
    [
        ({}, 60, FollowUp.MISSED),
        ({}, 60 * 24 * 14, None),
        ({"has_later": True}, 60, None),
        ({"followed_at": ENDS}, 60, None),
        ({"desk": None}, 60, None),
        ({"desk": None, "status": "missed"}, 60, FollowUp.MISSED),
        ({"desk": "done", "status": "missed"}, 60, None),
        ({"status": "canceled"}, 60, None),
        ({"desk": None, "cancel_asked_at": STARTS}, 0, FollowUp.CANCEL_ELSEWHERE),
        ({"desk": None, "cancel_asked_at": STARTS}, 50, None),
        ({"desk": None, "cancel_asked_at": STARTS, "status": "canceled"}, 0, None),
    ],
)
def test_what_is_left_to_do(said: dict[str, object], minutes: int, step: FollowUp | None) -> None:
    """A missed visit asks for a call until someone saw to it or booked again; a canceled one for IntakeQ."""
    found = follow_up(facts(**said), HOURS, at=STARTS + timedelta(minutes=minutes))
    assert (found.step if found else None) == step


def test_cancel_before_tomorrow_is_soon_and_a_call_is_due_a_working_day_later() -> None:
    """Friday's missed visit is called on Monday."""
    asked = facts(desk=None, cancel_asked_at=STARTS - timedelta(hours=2))
    found = follow_up(asked, HOURS, at=STARTS - timedelta(hours=1))
    assert found is not None
    assert (found.urgency, found.due_at) == (Urgency.SOON, STARTS - timedelta(hours=0, minutes=60))
    friday = STARTS + timedelta(days=2)
    missed = follow_up(facts(starts_at=friday, ends_at=friday), HOURS, at=friday)
    assert missed is not None
    assert missed.due_at is not None
    assert missed.due_at.weekday() == 0


def test_license_is_where_the_client_sits() -> None:
    """Nothing is said where no one wrote the licenses down, or nothing of where the client is."""
    assert license_words("OH", frozenset({"KY"})) == "No license in Ohio"
    assert license_words("ZZ", frozenset({"KY"})) == "Outside the US: no license"
    assert license_words("KY", frozenset({"KY"})) == ""
    assert license_words("OH", None) == ""
    assert license_words("", frozenset()) == ""
