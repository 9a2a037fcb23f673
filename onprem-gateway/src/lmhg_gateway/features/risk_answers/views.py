"""Risk answers as pages show them."""

import uuid
from collections.abc import Mapping
from datetime import datetime

import msgspec

from lmhg_gateway.features.risk_answers.models import RiskAnswer
from lmhg_gateway.features.staff.public import who_words

NAMELESS = "(no name on file)"


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One risk answer: about whom, when it came, who read it after how many minutes, and how it ended."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    found_at: datetime
    read_by: str
    minutes: int | None
    """From its arrival until someone read it."""
    told: int
    is_closed: bool
    closed_by: str
    closed_at: datetime | None


def row(answer: RiskAnswer, name: str, staff: Mapping[str, str]) -> RiskRow:
    """One risk answer."""
    read_at = answer.read_at
    return RiskRow(
        id=answer.id,
        client_id=answer.client_id,
        name=name,
        found_at=answer.found_at,
        read_by=who_words(answer.read_by, staff) if answer.read_by else "",
        minutes=int((read_at - answer.found_at).total_seconds() // 60) if read_at else None,
        told=answer.told,
        is_closed=answer.closed_at is not None,
        closed_by=who_words(answer.closed_by, staff) if answer.closed_by else "",
        closed_at=answer.closed_at,
    )
