"""Openings as the pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.break_glass.models import BreakGlass


@dataclass(frozen=True)
class OpeningRow:
    """One opening: whose, why, how long, and what became of it."""

    id: uuid.UUID
    person: str
    reason: str
    opened_at: datetime
    over_at: datetime
    is_running: bool
    reviewer: str
    outcome: str
    may_review: bool


def rows(
    found: Sequence[BreakGlass], *, names: Mapping[str, str], me: str, officer: bool, at: datetime
) -> list[OpeningRow]:
    """Rows for the person `me`; an officer reviews the openings of others."""
    return [
        OpeningRow(
            id=each.id,
            person=names.get(str(each.user_id), "A former colleague"),
            reason=each.reason or "",
            opened_at=each.opened_at,
            over_at=each.ended_at or each.ends_at,
            is_running=each.ended_at is None and each.ends_at > at,
            reviewer=names.get(str(each.reviewed_by), "") if each.reviewed_by else "",
            outcome=each.outcome,
            may_review=officer and each.reviewed_at is None and str(each.user_id) != me,
        )
        for each in found
    ]
