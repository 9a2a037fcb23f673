"""Authorizations as pages show them."""

import uuid
from collections.abc import Mapping
from datetime import date

import msgspec

from lmhg_gateway.features.authorizations.models import VisitAuthorization
from lmhg_gateway.features.authorizations.rules import GRANTED, Allowed, Level, said, standing

LEVELS: Mapping[Level, tuple[str, str]] = {
    Level.OVER: ("None left", "bad"),
    Level.LAST: ("Last visits", "warn"),
    Level.SOON: ("Ends soon", "warn"),
    Level.FINE: ("Enough left", "ok"),
}


class AuthorizationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One authorization with how it is."""

    id: uuid.UUID
    referral_id: uuid.UUID
    version: int
    client: str
    granted: str
    number: str
    said: str
    units: int | None
    used: int
    booked: int
    unbooked: int | None
    valid_until: date | None
    level: str
    level_tone: str
    asked_on: date | None
    is_over: bool
    """Whether someone ended it."""
    used_by_hand: int


def row_of(
    row: VisitAuthorization, allowed: Allowed, *, client: str, today: date
) -> AuthorizationRow:
    """One authorization, in words."""
    found = standing(allowed, today=today)
    label, tone = ("Ended", "") if row.ended_at else LEVELS[found.level]
    return AuthorizationRow(
        id=row.id,
        referral_id=row.referral_id,
        version=row.version,
        client=client,
        granted=GRANTED[row.granted_by],
        number=row.number or "",
        said=said(allowed, today=today),
        units=row.units,
        used=allowed.used,
        booked=allowed.booked,
        unbooked=found.unbooked,
        valid_until=row.valid_until,
        level=label,
        level_tone=tone,
        asked_on=row.asked_on,
        is_over=row.ended_at is not None,
        used_by_hand=row.used,
    )
