"""How much of what is allowed is left, and when to ask for more: before the last visit, before the date. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lmhg_kit.errors import Invalid
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day

GRANTED: Mapping[str, str] = {"referral": "The referral", "insurer": "The insurer"}
WAIT_FOR_ANSWER = timedelta(days=5)
"""Days after which someone asks again what became of it."""
AHEAD_MAX = timedelta(days=3 * 366)


class Level(StrEnum):
    """How an authorization is, the worst first."""

    OVER = "over"
    """Every visit was used, or its last day is over."""
    LAST = "last"
    SOON = "soon"
    FINE = "fine"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What is allowed, and what came of it so far."""

    units: int | None = None
    used: int = 0
    booked: int = 0
    """Visits to come that are booked already, until its last day."""
    valid_until: date | None = None
    warn_units: int = 2
    warn_days: int = 14


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an authorization is on a day."""

    level: Level
    left: int | None
    """Visits left after those that were used; None where they are not limited."""
    unbooked: int | None
    """Visits left that nobody booked yet."""
    days_left: int | None
    warns_by: date | None
    """When it has to be seen to by its date alone."""


def standing(allowed: Allowed, *, today: date) -> Standing:
    """How an authorization is: it warns before its last visit and before its last day, whichever is first."""
    left = None if allowed.units is None else max(allowed.units - allowed.used, 0)
    days_left = (allowed.valid_until - today).days if allowed.valid_until else None
    is_over = left == 0 or (days_left is not None and days_left < 0)
    is_last = left is not None and left <= allowed.warn_units
    is_soon = days_left is not None and days_left <= allowed.warn_days
    warns_by = (
        allowed.valid_until - timedelta(days=allowed.warn_days) if allowed.valid_until else None
    )
    return Standing(
        level=Level.OVER
        if is_over
        else Level.LAST
        if is_last
        else Level.SOON
        if is_soon
        else Level.FINE,
        left=left,
        unbooked=None if left is None else max(left - allowed.booked, 0),
        days_left=days_left,
        warns_by=warns_by,
    )


def said(allowed: Allowed, *, today: date) -> str:
    """How an authorization is, in words: "2 of 8 visits left, until Dec 31, 2026"."""
    found, parts = standing(allowed, today=today), list[str]()
    if allowed.units is not None:
        parts.append(f"{found.left} of {count_of(allowed.units, 'visit')} left")
    if allowed.valid_until is not None:
        word = "ended" if found.days_left is not None and found.days_left < 0 else "until"
        parts.append(f"{word} {long_day(allowed.valid_until)}")
    return ", ".join(parts)


def check_allowed(units: int | None, *, used: int, valid_until: date | None, today: date) -> None:
    """Accept what allows something, and a day that is neither over nor too far ahead. Raises: Invalid."""
    wrong: dict[str, str] = {}
    if units is None and valid_until is None:
        wrong["units"] = "Write the number of visits, or the last day."
    if units is not None and used > units:
        wrong["used"] = "More visits are used than allowed."
    if valid_until is not None and not today <= valid_until <= today + AHEAD_MAX:
        wrong["valid_until"] = "Choose a day from today to three years ahead."
    if wrong:
        raise Invalid("authorization", fields=wrong)
