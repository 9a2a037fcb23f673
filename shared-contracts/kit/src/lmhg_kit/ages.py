"""How long ago something was, as people say it. Pure."""

from datetime import timedelta

HOUR_S = 3600
DAYS_FROM_H = 48
"""Up to here hours are counted, then days."""


def age_words(age: timedelta) -> str:
    """An age in whole minutes, hours or days, rounded down, such as "3 days"."""
    seconds = max(0, int(age.total_seconds()))
    hours = seconds // HOUR_S
    if hours >= DAYS_FROM_H:
        return f"{hours // 24} days"
    if hours:
        return "1 hour" if hours == 1 else f"{hours} hours"
    minutes = seconds // 60
    if not minutes:
        return "under a minute"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
