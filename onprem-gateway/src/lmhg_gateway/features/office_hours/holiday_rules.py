"""Holidays that are suggested: those of the country and the practice's state. Nothing counts until someone adds it."""

from collections.abc import Container, Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays

AHEAD = timedelta(days=366)


@lru_cache(maxsize=8)
def _holidays(state: str, year: int) -> Mapping[date, str]:
    known = state in holidays.country_holidays("US").subdivisions
    return dict(holidays.country_holidays("US", subdiv=state if known else None, years=year))


def suggested(
    *, state: str, today: date, known: Container[date], works_on: Container[int]
) -> list[tuple[date, str]]:
    """Holidays of the next twelve months that are workdays and not closed yet, the nearest first.

    `works_on` has the numbers of the days on which the practice works, Monday is 0. A state that nobody
    knows has the country's holidays.
    """
    years = (_holidays(state, year) for year in (today.year, today.year + 1))
    return sorted(
        (day, name)
        for year in years
        for day, name in year.items()
        if today <= day <= today + AHEAD and day.weekday() in works_on and day not in known
    )
