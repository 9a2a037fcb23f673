"""Forms of authorizations."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.authorizations.models import (
    NUMBER_MAX,
    UNITS_MAX,
    WARN_DAYS_MAX,
    WARN_UNITS_MAX,
)
from lmhg_gateway.features.authorizations.rules import check_allowed
from lmhg_kit.http.form_rules import Good, refused_by


class AuthorizationForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is allowed: how many visits, until when, and how early to warn."""

    granted_by: Literal["referral", "insurer"]
    number: Annotated[str, msgspec.Meta(max_length=NUMBER_MAX)] = ""
    units: Annotated[int, msgspec.Meta(ge=1, le=UNITS_MAX)] | None = None
    used: Annotated[int, msgspec.Meta(ge=0, le=UNITS_MAX)] = 0
    valid_until: date | None = None
    warn_units: Annotated[int, msgspec.Meta(ge=1, le=WARN_UNITS_MAX)] = 2
    warn_days: Annotated[int, msgspec.Meta(ge=1, le=WARN_DAYS_MAX)] = 14

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """What allows nothing, and a day that is over."""
        if not {"units", "valid_until", "used"} <= set(good):
            return {}
        return refused_by(
            lambda: check_allowed(
                good["units"], used=good["used"], valid_until=good["valid_until"], today=today
            )
        )


class CountForm(msgspec.Struct, frozen=True, kw_only=True):
    """One visit more or less, as the page showed it."""

    step: Literal["1", "-1"]
    seen: Annotated[int, msgspec.Meta(ge=0)] = 0
