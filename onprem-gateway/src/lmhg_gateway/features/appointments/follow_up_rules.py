"""What is left to do after a visit that was canceled here or missed. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from lmhg_gateway.features.appointments.board_rules import Desk, where
from lmhg_gateway.features.appointments.rules import NOT_TAKEN
from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.office_hours import OfficeHours

FOLLOWED_FOR = timedelta(days=14)
"""How long a missed visit asks for a call."""
SOON = timedelta(days=1)


class FollowUp(StrEnum):
    """What is left to do."""

    CANCEL_ELSEWHERE = "visit_cancel"
    MISSED = "visit_missed"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides it."""

    status: str
    desk: str | None
    starts_at: datetime
    ends_at: datetime
    cancel_asked_at: datetime | None
    followed_at: datetime | None
    has_later: bool
    """Whether the client has a later appointment that takes place."""


def follow_up(facts: Facts, hours: OfficeHours, *, at: datetime) -> Next | None:
    """The step that someone still owes after this visit, if any."""
    if facts.cancel_asked_at is not None:
        if facts.status in NOT_TAKEN or facts.ends_at <= at:
            return None
        return Next(
            step=FollowUp.CANCEL_ELSEWHERE,
            urgency=Urgency.SOON if facts.starts_at - at < SOON else Urgency.ROUTINE,
            since=facts.cancel_asked_at,
            due_at=min(hours.due(facts.cancel_asked_at, days=0), facts.starts_at),
            changes_at=facts.ends_at,
        )
    ends = facts.starts_at + FOLLOWED_FOR
    is_open = facts.followed_at is None and not facts.has_later and at < ends
    if where(facts.desk, facts.status) is not Desk.MISSED or not is_open:
        return None
    return Next(
        step=FollowUp.MISSED,
        urgency=Urgency.ROUTINE,
        since=facts.starts_at,
        due_at=hours.due(facts.starts_at, days=1),
        changes_at=ends,
    )
