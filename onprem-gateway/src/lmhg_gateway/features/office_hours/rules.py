"""What a week and a holiday may be."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

from lmhg_kit.errors import Invalid
from lmhg_kit.office_hours import Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD_MAX = timedelta(days=3 * 366)
"""How far ahead a holiday is kept."""
HOLIDAYS_MAX = 200


def week_of(spans: Sequence[tuple[time | None, time | None]]) -> Mapping[int, Span]:
    """The week that a form says, Monday first; a day without both times is closed.

    Raises: Invalid for a day that closes before it opens or says one time only, and for a week in which
    the practice never works: nothing would ever be due.
    """
    week: dict[int, Span] = {}
    wrong: dict[str, str] = {}
    for number, (opens, closes) in enumerate(spans):
        name = WEEKDAYS[number]
        if (opens is None) != (closes is None):
            wrong[f"{name}_{'opens' if opens is None else 'closes'}"] = "Write both times, or none."
        elif opens is not None and closes is not None:
            if closes <= opens:
                wrong[f"{name}_closes"] = "Closing time is before opening time."
            week[number] = (opens, closes)
    if not week and not wrong:
        wrong["monday_opens"] = "The practice has to work on at least one day."
    if wrong:
        raise Invalid("office_week", fields=wrong)
    return week


def check_holiday(day: date, *, today: date, held: int) -> None:
    """Accept a day on which the practice will be closed. Raises: Invalid."""
    if not today <= day <= today + AHEAD_MAX:
        raise Invalid(
            "holiday", fields={"day": "Choose a day from today on, up to three years ahead."}
        )
    if held >= HOLIDAYS_MAX:
        raise Invalid("holiday", fields={"day": "This is enough: remove days that are over first."})
