"""Forms of office hours."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any

import msgspec

from lmhg_gateway.features.office_hours.models import NAME_MAX
from lmhg_gateway.features.office_hours.rules import WEEKDAYS, week_of
from lmhg_kit.http.form_rules import Good, refused_by

ClockTime = Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]
"""A time of day as a browser writes it, "09:00"; empty on a day that is closed."""


class WeekForm(msgspec.Struct, frozen=True, kw_only=True):
    """The practice's week."""

    monday_opens: ClockTime = ""
    monday_closes: ClockTime = ""
    tuesday_opens: ClockTime = ""
    tuesday_closes: ClockTime = ""
    wednesday_opens: ClockTime = ""
    wednesday_closes: ClockTime = ""
    thursday_opens: ClockTime = ""
    thursday_closes: ClockTime = ""
    friday_opens: ClockTime = ""
    friday_closes: ClockTime = ""
    saturday_opens: ClockTime = ""
    saturday_closes: ClockTime = ""
    sunday_opens: ClockTime = ""
    sunday_closes: ClockTime = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Days that close before they open; a week without a day."""
        return refused_by(lambda: week_of(spans_of(good)))


def spans_of(given: Mapping[str, Any]) -> list[tuple[time | None, time | None]]:
    """Opening and closing time of each day, Monday first."""
    return [
        (_clock(given.get(f"{day}_opens", "")), _clock(given.get(f"{day}_closes", "")))
        for day in WEEKDAYS
    ]


def _clock(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


class SuggestedForm(msgspec.Struct, frozen=True, kw_only=True):
    """Suggested holidays on which the practice is closed."""

    days: Annotated[list[date], msgspec.Meta(max_length=40)] = []


class HolidayForm(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which the practice is closed."""

    day: date
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=NAME_MAX)]
