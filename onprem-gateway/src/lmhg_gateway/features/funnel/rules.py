"""What the funnel counts: how far referrals came, and how they are now. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lmhg_gateway.features.referrals.public import OPEN_STATES, State
from lmhg_kit.errors import Invalid

REACHED: Mapping[str, str] = {
    State.CONTACTED: "Contacted",
    State.SCREENING: "Screened",
    State.WAITLISTED: "Waitlisted",
    State.OFFERED: "Offered",
    State.BOOKED: "Booked",
    State.ATTENDED: "Attended",
}
"""How far a referral came, in the order of the way: it was there once, and that was not taken back."""
NOW: Mapping[str, tuple[str, Sequence[str]]] = {
    "open": ("Open now", tuple(OPEN_STATES)),
    "in_care": ("In care now", (State.ATTENDED,)),
    "declined": ("Declined", (State.DECLINED,)),
    "referred_out": ("Referred out", (State.REFERRED_OUT,)),
    "closed": ("Closed", (State.CLOSED,)),
}
"""How a referral is now: each is exactly one of these."""
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
SPANS = (12, 24, 36)
MONTHS_MAX = max(SPANS)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Which referrals are meant; what is not said does not matter."""

    source: str = ""
    first: date | None = None
    last: date | None = None
    reached: str = ""
    now: str = ""
    state: str = ""


def month_of(day: date) -> str:
    """The month of a day as addresses write it: "2026-11"."""
    return f"{day.year:04}-{day.month:02}"


def month_words(month: str) -> str:
    """The same for people: "Nov 2026"."""
    return f"{date.fromisoformat(month + '-01'):%b %Y}"


def back(day: date, months: int) -> date:
    """The first day of the month so many months before a day's own."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def months_to(today: date) -> list[str]:
    """The months that can be asked for, newest first."""
    return [month_of(back(today, each)) for each in range(MONTHS_MAX)]


def check_month(month: str) -> None:
    """Accept a month as addresses write it, or none. Raises: Invalid."""
    if month and not MONTH.fullmatch(month):
        raise Invalid("funnel_month", fields={"month": "Write a month such as 2026-11."})


def check_months(months: int) -> int:
    """Accept so many months. Raises: Invalid."""
    if not 0 <= months <= MONTHS_MAX:
        raise Invalid("funnel_month", fields={"months": f"Write a number from 0 to {MONTHS_MAX}."})
    return months


def span_of(today: date, *, months: int, month: str = "") -> tuple[date | None, date | None]:
    """The first and the last day that a month, or the last so many months, have; 0 months means ever."""
    if month:
        first = date.fromisoformat(month + "-01")
        return first, date.fromordinal(back(first, -1).toordinal() - 1)
    return (back(today, months - 1), None) if months else (None, None)
