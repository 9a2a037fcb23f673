"""How far a visit is on the day board, and which step comes next. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from lmhg_gateway.features.appointments.rules import NOT_TAKEN, status_words

LATE_AFTER = timedelta(minutes=10)
"""From when on someone who is expected is late."""
EARLIEST = timedelta(hours=4)
"""How long before a visit someone may be marked as there."""
UNDO_FOR = timedelta(minutes=10)
ATTENDED, MISSED = "attended", "missed"
"""IntakeQ's statuses of a visit to which the person came, or did not."""


class Desk(StrEnum):
    """How far a visit is, as the front desk sees it."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    IN_SESSION = "in_session"
    DONE = "done"
    MISSED = "missed"


STEPS: Mapping[Desk, tuple[Desk, ...]] = {
    Desk.EXPECTED: (Desk.ARRIVED, Desk.IN_SESSION, Desk.MISSED),
    Desk.ARRIVED: (Desk.IN_SESSION, Desk.DONE, Desk.MISSED),
    Desk.IN_SESSION: (Desk.DONE,),
    Desk.DONE: (),
    Desk.MISSED: (Desk.ARRIVED,),
}
"""From where a visit goes where."""
LABELS: Mapping[Desk, tuple[str, str]] = {
    Desk.EXPECTED: ("Expected", ""),
    Desk.ARRIVED: ("Arrived", "warn"),
    Desk.IN_SESSION: ("In session", "accent"),
    Desk.DONE: ("Done", "ok"),
    Desk.MISSED: ("Missed", "bad"),
}
"""Words and badge of each."""


class Stand(NamedTuple):
    """Where a visit is, in words and a badge, and the steps that are offered."""

    code: str
    label: str
    badge: str
    steps: tuple[Desk, ...]


def where(desk: str | None, status: str) -> Desk | None:
    """How far a visit is: as the desk last said, else as IntakeQ says; None where it does not take place."""
    if status in NOT_TAKEN:
        return None
    if desk is not None:
        return Desk(desk)
    if status == ATTENDED:
        return Desk.DONE
    return Desk.MISSED if status == MISSED else Desk.EXPECTED


def stand(
    desk: str | None,
    status: str,
    *,
    is_canceled_here: bool,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> Stand:
    """Where a visit is at this moment, and what may come next."""
    now = where(desk, status)
    if now is None:
        words, badge = status_words(status)
        return Stand("gone", words, badge, ())
    if is_canceled_here:
        return Stand("gone", "Canceled here, not in IntakeQ yet", "warn", ())
    if now is not Desk.EXPECTED:
        return Stand(now.value, *LABELS[now], STEPS[now])
    return _expected(status, starts_at=starts_at, ends_at=ends_at, at=at)


def _expected(status: str, *, starts_at: datetime, ends_at: datetime, at: datetime) -> Stand:
    """Where a visit is that no one said anything about."""
    if at >= ends_at:
        return Stand("unmarked", "Not marked", "warn", (Desk.DONE, Desk.MISSED))
    early = (Desk.ARRIVED, Desk.IN_SESSION) if at >= starts_at - EARLIEST else ()
    steps = STEPS[Desk.EXPECTED] if at >= starts_at else early
    if at >= starts_at + LATE_AFTER:
        return Stand("late", "Late", "bad", steps)
    if status == "waitingconfirmation":
        return Stand(Desk.EXPECTED.value, "Not confirmed", "warn", steps)
    return Stand(Desk.EXPECTED.value, *LABELS[Desk.EXPECTED], steps)


def may_step(now: Desk | None, wanted: Desk) -> bool:
    """Whether a visit may go there; one that nobody marked may be marked when it is over."""
    if now is None:
        return False
    return wanted in STEPS[now] or (now is Desk.EXPECTED and wanted is Desk.DONE)
