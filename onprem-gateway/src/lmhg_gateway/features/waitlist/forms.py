"""Forms of the waitlist."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.referrals.public import PAYERS
from lmhg_gateway.features.waitlist.matching_rules import DAYS, PARTS
from lmhg_gateway.features.waitlist.models import (
    CLINICIANS_MAX,
    MINUTES_MAX,
    ROUND_MAX,
    TIMES_MAX,
)
from lmhg_gateway.features.waitlist.offer_rules import LINE_MAX
from lmhg_kit.http.form_rules import Good
from lmhg_kit.us_states import US_STATES

TimeCode = Annotated[
    str, msgspec.Meta(pattern=f"^({'|'.join(DAYS)})_({'|'.join(PARTS)})$", max_length=16)
]
Meets = Literal["in_person", "telehealth"]
Payer = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(PAYERS)})?$", max_length=40)]
UsState = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(US_STATES)})?$", max_length=2)]


class WishForm(msgspec.Struct, frozen=True, kw_only=True):
    """What someone on the waitlist wishes for; nothing named means that anything will do."""

    clinicians: Annotated[list[uuid.UUID], msgspec.Meta(max_length=CLINICIANS_MAX)] = []
    times: Annotated[list[TimeCode], msgspec.Meta(max_length=TIMES_MAX)] = []
    meets: Literal["", "in_person", "telehealth"] = ""
    payer: Payer = ""
    state: UsState = ""


class NewSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A time that is free again, in the practice's own time."""

    clinician: uuid.UUID
    day: date
    begins: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    minutes: Annotated[int, msgspec.Meta(ge=5, le=MINUTES_MAX)]
    meets: Meets

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """When it begins."""
        return datetime.combine(self.day, time.fromisoformat(self.begins), tzinfo=zone)

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is over."""
        day = good.get("day", today)
        return {"day": "Choose today or a day to come."} if day < today else {}


class ConfirmForm(msgspec.Struct, frozen=True, kw_only=True):
    """How a proposed time is met, once someone says that it is free."""

    meets: Meets


class OfferForm(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask, in this order."""

    people: Annotated[list[uuid.UUID], msgspec.Meta(min_length=1, max_length=LINE_MAX)]


class RulesForm(msgspec.Struct, frozen=True, kw_only=True):
    """The practice's rules for offers, as `offer_rules.Rules` names them."""

    round_size: Annotated[int, msgspec.Meta(ge=1, le=ROUND_MAX)]
    hold_minutes: Annotated[int, msgspec.Meta(ge=5, le=4320)]
